"""What a case wants of a verdict, held against the verdict's JSON."""

from __future__ import annotations

from typing import Any

from tests.corpus.model import LINES, YAML, Case

Json = dict[str, Any]

KEYS = {
    "decides",  # the decision as a whole
    "expect",  # path -> decision and ids of the rules that carry it; a number is a line of AGENTOWNERS
    "outcomes",  # path -> decision
    "all",  # decision of every file
    "matched",  # path -> ids of every rule that matched
    "by",  # path -> principal
    "actions",  # path -> actions
    "reasons",  # path -> reasons of the rules that carry the decision
    "unprotected",  # path -> ids of the unprotect lines used
    "required",  # approvals required
    "obligations",  # count and approvers of each
    "principals",  # name and strength of each
    "warns",  # ids of diagnostics that are among the verdict's
    "observed",  # nothing is enforced
}


def mismatches(case: Case, verdict: Json, *, whole: bool = True) -> list[str]:
    """What a verdict has otherwise than the case wants it; ``whole`` is false where only some of the files were judged."""
    unknown = case.wants.keys() - KEYS
    assert not unknown, unknown
    found = [*_per_file(case, verdict)]
    if whole:
        found += _as_a_whole(case, verdict)
    return found


def _id(case: Case, token: object) -> str:
    text = str(token)
    return f"{LINES if LINES in case.policy else YAML}:{text}" if text.isdigit() else text


def _per_file(case: Case, verdict: Json) -> list[str]:
    found: list[str] = []

    def compare(what: str, path: str, is_: object, should: object) -> None:
        if is_ != should:
            found.append(f"{what} of {path!r}: is {is_!r}, should be {should!r}")

    wants = case.wants
    for entry in verdict["files"]:
        path, ids = entry["path"], [rule["id"] for rule in entry["rules"]]
        if path in wants.get("expect", {}):
            decision, *rules = str(wants["expect"][path]).split()
            compare("decision", path, (entry["decision"], ids), (decision, [_id(case, rule) for rule in rules]))
        if "all" in wants:
            compare("decision", path, entry["decision"], wants["all"])
        for key, is_ in (
            ("outcomes", entry["decision"]),
            ("by", entry["principal"]),
            ("actions", entry["actions"]),
            ("reasons", [rule["reason"] for rule in entry["rules"]]),
        ):
            if path in wants.get(key, {}):
                compare(key, path, is_, wants[key][path])
        for key in ("matched", "unprotected"):
            if path in wants.get(key, {}):
                compare(key, path, entry[key], [_id(case, rule) for rule in wants[key][path]])
    return found


def _as_a_whole(case: Case, verdict: Json) -> list[str]:
    wants = case.wants
    approvals = verdict["approvals"]
    wanted_paths = {path for file in case.files for path in (file.path, file.previous_path) if path is not None}
    if not case.action:
        paths = wanted_paths - {file.previous_path for file in case.files if file.status.value == "copied"}
    else:
        paths = {file.path for file in case.files}
    is_: Json = {
        "paths": {entry["path"] for entry in verdict["files"]},
        "decides": verdict["decision"],
        "required": approvals["required"],
        "obligations": [{"count": o["count"], "approvers": o["approvers"]} for o in approvals["obligations"]],
        "principals": [f"{p['name']} {p['strength']}" for p in verdict["principals"]],
        "observed": verdict["conclusion"] == "neutral",
    }
    should = {"paths": paths, **{key: wants[key] for key in is_ if key in wants}}
    found = [f"{key}: is {is_[key]!r}, should be {value!r}" for key, value in should.items() if is_[key] != value]
    ids = {diagnostic["id"] for diagnostic in verdict["diagnostics"]}
    return found + [f"{id} is not among the diagnostics {sorted(ids)}" for id in wants.get("warns", ()) if id not in ids]
