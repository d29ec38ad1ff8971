"""What would be published: each package as it is built, installed away from the checkout, used by a line of code."""

import json
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = """
import revento_sdk
from revento_sdk.adapters import django, flask, starlette
from revento_sdk.testing import SECRET, signed_delivery
from revento_sdk import Receiver

assert "site-packages" in revento_sdk.__file__, revento_sdk.__file__
print(Receiver(SECRET).receive(*signed_delivery("webhook.test", {"message": "hello"})).message["type"])
"""
NODE = """
import { Receiver } from "revento-sdk";
import { SECRET, signedDelivery } from "revento-sdk/testing";
for (const part of ["mirror", "node", "express", "fastify", "hono", "next"]) await import(`revento-sdk/${part}`);
const { headers, raw } = await signedDelivery("webhook.test", { message: "hello" });
console.log((await new Receiver(SECRET).receive(headers, raw)).message.type);
"""


def test_the_python_wheel_is_typed_and_works_alone(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(words, cwd=ROOT / "sdk" / "python", check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "fresh", with_pip=False, symlinks=True)
    packages = next((tmp_path / "fresh").glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as packed:
        assert "revento_sdk/py.typed" in packed.namelist()
        (metadata,) = [packed.read(name).decode() for name in packed.namelist() if name.endswith("METADATA")]
        packed.extractall(packages)
    needs = [line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra" not in line]
    assert len(needs) == 1, "one dependency"
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    python = tmp_path / "fresh" / "bin" / "python"
    done = subprocess.run([python, "-P", "-c", PYTHON], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "webhook.test\n", done.stderr


def test_the_npm_package_holds_types_and_code_and_works_alone(tmp_path: Path) -> None:
    words = ["npm", "pack", "--ignore-scripts", "--json", "--pack-destination", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT / "sdk" / "typescript", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (made,) = json.loads(done.stdout)
    held = {file["path"] for file in made["files"]}
    assert {"README.md", "package.json", "dist/index.js", "dist/index.d.ts", "src/index.ts"} <= held
    with tarfile.open(tmp_path / made["filename"]) as packed:
        packed.extractall(tmp_path, filter="data")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "package").rename(tmp_path / "node_modules" / "revento-sdk")
    (tmp_path / "use.mjs").write_text(NODE)
    used = subprocess.run(["node", "use.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert used.stdout == "webhook.test\n", used.stderr
