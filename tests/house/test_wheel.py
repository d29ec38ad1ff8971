"""The wheel holds all that Revento reads at run time: installed alone, away from the checkout, it works."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READS = {
    ".html",
    ".css",
    ".js",
    ".svg",
    ".woff2",
    ".sql",
    ".md",
    ".json",
    ".mjs",
    ".txt",
    ".mo",
    ".example",
    ".bash",
    ".zsh",
    ".fish",
}
USED = """
from pathlib import Path
import revento
from revento.kernel import migrations
from revento.web.guide import book
from revento.web.shared import assets, pages

here = Path(revento.__file__).parent
assert "site-packages" in str(here), here
assert book.ROOT.is_relative_to(here), book.ROOT
for slug, page in book.pages().items():
    assert page.say and "{{" not in page.markdown, slug
assert len(list((here / "kernel" / "migrations" / "versions").glob("*.sql"))) > 5
assert len(pages.environment.list_templates()) > 100
assert assets.url("site.js") and assets.url("guide.js")
print(len(book.pages()))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as a release would be."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; its dependencies are those of this one, the checkout is not."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=False, symlinks=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(packages)
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "python"


def ran(python: Path, folder: Path, *words: str) -> str:
    done = subprocess.run(
        [python, "-P", *words], cwd=folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_sources_is_in_the_wheel(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path.relative_to(ROOT / "src") for path in (ROOT / "src" / "revento").rglob("*") if path.suffix in READS}
    assert {str(path) for path in wanted} - held == set()
    pages = {f"revento/web/guide/sources/guide/{path.name}" for path in (ROOT / "guide").glob("*.md")}
    assert pages - held == set()


def test_the_installed_wheel_shows_its_guide_and_makes_projects(python: Path, tmp_path: Path) -> None:
    assert int(ran(python, tmp_path, "-c", USED)) == len(list((ROOT / "guide").glob("*.md")))
    assert "revento" in ran(python, tmp_path, "-m", "revento.cli", "--help")
    for language in ("python", "node"):
        ran(python, tmp_path, "-m", "revento.cli", "init", language, language)
        assert (tmp_path / language / "manifest.json").exists()
