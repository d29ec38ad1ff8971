"""The TypeScript SDK: compiled with the strictest settings, then its own tests on Node, with the shared vectors."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SDK = ROOT / "sdk" / "typescript"
HERE = Path(__file__).parent / "typescript"


def run(*command: str, timeout: float = 150) -> str:
    environment = os.environ | {"REVENTO_VECTORS": str(ROOT / "contract" / "vectors")}
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def built() -> Path:
    """The package, compiled by `scripts/bootstrap node`, and its tests, compiled here, as strictly as it is."""
    compiler = HERE / "node_modules" / ".bin" / "tsc"
    assert compiler.exists(), "run scripts/bootstrap node"
    newest = max(path.stat().st_mtime for path in (SDK / "src").rglob("*.ts"))
    if newest > (SDK / "dist" / "index.js").stat().st_mtime:
        run(str(compiler), "-p", str(SDK))
    run(str(compiler), "-p", ".")
    return SDK / "dist"


def test_the_packages_own_tests_pass_on_node(built):
    files = sorted(str(path) for path in (HERE / "build").glob("*.test.js"))
    assert len(files) == 4
    told = run("node", "--test", *files)
    assert re.search(r"fail 0\b", told)
    assert int(re.search(r"pass (\d+)", told)[1]) > 100


def test_everything_that_the_package_exports_is_built_and_needs_nothing(built):
    package = json.loads((SDK / "package.json").read_text())
    assert "dependencies" not in package
    for target in package["exports"].values():
        assert all((SDK / path).exists() for path in target.values())
    imported = {
        name for path in built.rglob("*.js") for name in re.findall(r"from \"([^.\"][^\"]*)\"", path.read_text())
    }
    assert imported == set()
