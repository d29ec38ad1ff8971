"""What a newcomer waits for: the first start, the second, a reset of the sandbox.

Each is the command itself, as a process, on free ports and in a data directory that is thrown away.
"""

from bench.tools.newcomers import newcomer, timed, up

AGAIN = 3


def main() -> None:
    """Prints seconds for each."""
    with newcomer() as environ:
        with up(environ) as took:
            print(f"first start            {took:6.2f} s")
        for _ in range(AGAIN):
            with up(environ) as took:
                print(f"second start           {took:6.2f} s")
        with up(environ):
            for _ in range(AGAIN):
                print(f"sandbox reset          {timed(environ, 'sandbox', 'reset', '--json'):6.2f} s")
