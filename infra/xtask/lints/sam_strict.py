"""Holds a template's SAM resources against samtranslator's own models, which know every property by name.

cfn-lint and `sam validate` let a misspelt property of an event pass (`BatchSizee`); CloudFormation would then deploy a default.
"""

import sys
from pathlib import Path
from typing import get_args

from samtranslator.compat import pydantic
from samtranslator.internal.schema_source import (
    aws_serverless_api,
    aws_serverless_function,
    aws_serverless_httpapi,
    aws_serverless_websocketapi,
)
from samtranslator.internal.schema_source.schema import Globals
from samtranslator.yaml_helper import yaml_parse

MODELS = {
    "AWS::Serverless::Api": aws_serverless_api.Resource,
    "AWS::Serverless::Function": aws_serverless_function.Resource,
    "AWS::Serverless::HttpApi": aws_serverless_httpapi.Resource,
    "AWS::Serverless::WebSocketApi": aws_serverless_websocketapi.Resource,
}

# By their type, so that a mistake is told once and not for every kind of event that it is not.
EVENTS = {
    get_args(model.__fields__["Type"].outer_type_)[0]: model
    for name, model in vars(aws_serverless_function).items()
    if name.endswith("Event") and "Type" in model.__fields__
}


def mistakes(template: dict) -> list[str]:
    found = []

    def hold(name: str, written: dict, model: type) -> None:
        try:
            model.parse_obj(written)
        except pydantic.ValidationError as error:
            for each in error.errors():
                found.append(f"{'.'.join(map(str, (name, *each['loc'])))}: {each['msg']}")

    hold("Globals", template.get("Globals", {}), Globals)
    for name, resource in template["Resources"].items():
        kind = resource["Type"]
        for event, written in resource.get("Properties", {}).pop("Events", {}).items():
            at = f"{name}.Properties.Events.{event}"
            if written["Type"] in EVENTS:
                hold(at, written, EVENTS[written["Type"]])
            else:
                found.append(f"{at}.Type: {written['Type']} is no event that SAM knows")
        if kind in MODELS:
            hold(name, resource, MODELS[kind])
        elif kind.startswith("AWS::Serverless::"):
            found.append(f"{name}.Type: {kind} has no model in {Path(__file__).name}")
    return found


if __name__ == "__main__":
    found = mistakes(yaml_parse(Path(sys.argv[1]).read_text(encoding="utf-8")))
    sys.exit("\n".join(found) or None)
