"""The schema's history holds together."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from revento.kernel import migrations
from tests.house import schema


def test_the_newest_file_is_the_one_head_of_the_history() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.VERSIONS.parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.newest()]


def test_every_revision_is_named_as_its_file_and_has_a_number_of_its_own() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.VERSIONS.parent))
    revisions = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    files = {path.stem for path in migrations.VERSIONS.glob("[0-9]*.py")}
    assert revisions == files
    assert len({name.partition("_")[0] for name in files}) == len(files)


def test_the_catalogue_is_the_committed_one(database_url: str) -> None:
    """When this fails, read the difference; if it is meant, `python -m tests.house.schema` writes the file anew."""
    assert schema.describe(database_url) == schema.FILE.read_text()
