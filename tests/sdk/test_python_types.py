"""What both SDKs say about the wire is what the contract says."""

import re
from pathlib import Path

import pytest
from revento_sdk import errors as sdk_errors

from revento.contract import errors, topics
from revento.contract.render import sdk

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", sdk.FILES)
def test_committed_types_are_what_the_contract_makes(path):
    made = sdk.python() if path.endswith(".py") else sdk.typescript()
    assert (ROOT / path).read_text() == made


@pytest.mark.parametrize("struct", sdk.structs(), ids=lambda struct: struct.__name__)
def test_both_languages_name_the_same_fields(struct):
    fields = list(struct.__struct_fields__)
    python = re.search(rf"class {struct.__name__}\(TypedDict\):\n(.*?)\n\n\n", sdk.python(), re.S)
    typescript = re.search(rf"export interface {struct.__name__} {{\n(.*?)\n}}", sdk.typescript(), re.S)
    assert re.findall(r"^    (\w+):", python[1], re.M) == fields
    assert re.findall(r"^  (\w+):", typescript[1], re.M) == fields


def test_every_topic_is_a_message_of_both_unions():
    names = [sdk.message_name(topic) for topic in topics.ALL]
    assert re.findall(r"^    \|? ?(\w+Message)$", sdk.python(), re.M) == names
    assert re.findall(r"^  \| (\w+Message);?$", sdk.typescript(), re.M) == names


def test_every_code_of_the_error_table_has_a_type_of_its_own():
    codes = {reason.code for reason in (*errors.API, *errors.OAUTH)}
    assert {code for error in sdk_errors._CLASSES for code in error.codes} == codes
