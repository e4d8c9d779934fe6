"""Edits of the reference service, one for each kind of change, and what each does to its clients.

The expectation of an edit is what oasdiff's documentation says of its kind (docs/BREAKING-CHANGES.md, and the
levels of its checks); those that it does not speak of follow from HTTP and JSON Schema, as the comment says.
"""

from __future__ import annotations

from typing import NamedTuple


class Edit(NamedTuple):
    """A text in a file below `app/` replaced by another, and the kinds of changes that it makes."""

    name: str
    file: str
    old: str
    new: str
    kinds: frozenset[str]
    needs: str = ""
    """What the file has to import for it."""


def _edit(name: str, file: str, old: str, new: str, *kinds: str, needs: str = "") -> Edit:
    return Edit(name, file, old, new, frozenset(kinds), needs)


_TOOLS, _LOANS, _PEOPLE = "schemas/tools.py", "schemas/loans.py", "schemas/borrowers.py"
_PAGES = "dependencies/pagination.py"
_OFFSET = 'offset: Annotated[int, Query(ge=0, le=100_000, description="How many to skip")] = 0,'
_V1_TOOLS, _V1_LOANS, _V2_TOOLS = "routers/v1/tools.py", "routers/v1/loans.py", "routers/v2/tools.py"
_LIST = "async def list_tools(tools: ToolServiceDep, page: PaginationDep) -> ToolPage:"
_DAYS = "    days: Annotated[int, Field(ge=1, le=28)] = 7\n"
_SHELF = "    shelf: Annotated[Line, Field(max_length=20)] | None = None\n"
_STATUS = "    status: ToolStatus\n"


def _listed(parameter: str) -> str:
    return _LIST.replace("page: PaginationDep", f"page: PaginationDep, {parameter}")


EDITS = (
    # What no client can notice.
    _edit("a comment", _TOOLS, '"""Tools at the API."""', '"""Tools at the API, in short."""'),
    _edit("a docstring", _TOOLS, "A tool that comes to the desk.", "A tool that comes in."),
    _edit("a title", _TOOLS, _SHELF, _SHELF.replace("max_length=20", 'max_length=20, title="Where"')),
    _edit("a summary", _V2_TOOLS, 'summary="List tools"', 'summary="All tools"'),
    _edit("the app's own title", "main.py", 'title="Lending desk"', 'title="Desk"'),
    # Operations.
    _edit(
        "a new operation",
        _V2_TOOLS,
        '@router.get("", summary="List tools")',
        '@router.get("/count")\nasync def count() -> int: ...\n\n\n@router.get("", summary="List tools")',
        "endpoint-added",
    ),
    _edit(
        "an operation that is gone",
        "routers/v2/__init__.py",
        "router.include_router(statistics.router)\n",
        "",
        "api-path-removed-without-deprecation",
    ),
    _edit(
        "one method of a path that is gone",
        _V1_TOOLS,
        '@router.delete(\n    "/{tool_id}",',
        '@router.delete(\n    "/{tool_id}/shelf",',
        "api-removed-without-deprecation",
        "endpoint-added",
    ),
    _edit(
        "another path",
        "routers/v2/statistics.py",
        'prefix="/statistics"',
        'prefix="/figures"',
        "api-path-removed-without-deprecation",
        "endpoint-added",
    ),
    _edit(
        "a path parameter's name alone",
        "routers/v2/loans.py",
        "loan_id",
        "number",
        "api-operation-id-removed",
    ),
    _edit(
        "a method",
        _V1_LOANS,
        '@router.post("/{loan_id}/return"',
        '@router.put("/{loan_id}/return"',
        "api-removed-without-deprecation",
        "endpoint-added",
    ),
    _edit(
        "a deprecation without an end",
        _V2_TOOLS,
        'summary="List tools"',
        'summary="List tools", deprecated=True',
        "endpoint-deprecated",
    ),
    _edit(
        "a deprecation with an end",
        _V2_TOOLS,
        'summary="List tools"',
        'summary="List tools", deprecated=True, openapi_extra={"x-sunset": "2099-01-01"}',
        "endpoint-deprecated-with-sunset",
    ),
    _edit("a deprecation taken back", _V1_TOOLS, "    deprecated=True,\n", "", "endpoint-reactivated"),
    _edit(
        "an earlier sunset",
        _V1_TOOLS,
        "served until 2027-06-30",
        "served until 2026-12-31",
        "api-sunset-date-changed-too-small",
    ),
    _edit(
        "a sunset taken back",
        _V1_TOOLS,
        "Deprecated since 2026-09-01 and served until 2027-06-30",
        "Deprecated",
        "sunset-deleted",
    ),
    _edit(
        "a deprecated operation gone before its sunset",
        _V1_TOOLS,
        '@router.get(\n    "",',
        '@router.get(\n    "",\n    include_in_schema=False,',
        "api-removed-before-sunset",
    ),
    _edit(
        "an operation's id",
        _V2_TOOLS,
        "async def list_tools",
        "async def page_tools",
        "api-operation-id-removed",
    ),
    _edit(
        "a tag",
        _V2_TOOLS,
        'prefix="/tools", tags=["tools"]',
        'prefix="/tools", tags=["things"]',
        "api-tag-added",
        "api-tag-removed",
    ),
    _edit(
        "a key that is asked for",
        _V2_TOOLS,
        '@router.get("", summary="List tools")',
        "from fastapi import Depends\n\nfrom app.dependencies.security import require_api_key\n\n\n"
        '@router.get("", summary="List tools", dependencies=[Depends(require_api_key)])',
        "api-security-added",
    ),
    _edit(
        "a key that is not asked for any more",
        "routers/v2/loans.py",
        ", dependencies=[Depends(require_api_key)])",
        ")",
        "api-security-removed",
    ),
    # Parameters.
    _edit(
        "an optional parameter",
        _V2_TOOLS,
        _LIST,
        _listed("q: str | None = None"),
        "new-optional-request-parameter",
    ),
    _edit("a required parameter", _V2_TOOLS, _LIST, _listed("q: str"), "new-required-request-parameter"),
    _edit(
        "a parameter that is gone",
        _PAGES,
        f"    {_OFFSET}\n",
        "    offset: int = Depends(lambda: 0),\n",
        "request-parameter-removed",
    ),
    _edit(
        "a parameter that became required",
        _PAGES,
        f"    {_OFFSET}\n",
        f"    {_OFFSET.replace(' = 0,', ',')}\n",
        "request-parameter-became-required",
    ),
    _edit(
        "another default of a parameter",
        _PAGES,
        "] = 20,",
        "] = 50,",
        "request-parameter-default-value-changed",
    ),
    _edit("a smaller maximum of a parameter", _PAGES, "le=100,", "le=50,", "request-parameter-max-decreased"),
    _edit("a larger maximum of a parameter", _PAGES, "le=100,", "le=200,", "request-parameter-max-increased"),
    _edit(
        "a parameter of another type",
        _PAGES,
        f"    {_OFFSET}\n",
        "    offset: bool = False,\n",
        "request-parameter-type-changed",
        "request-parameter-default-value-changed",
    ),
    _edit(
        "a parameter in a header",
        _PAGES,
        f"    {_OFFSET}\n",
        "    offset: Annotated[int, Header(ge=0)] = 0,\n",
        "request-parameter-removed",
        "new-optional-request-parameter",
        needs="from fastapi import Header",
    ),
    _edit(
        "a deprecated parameter",
        _PAGES,
        'description="How many to skip"',
        "deprecated=True",
        "request-parameter-deprecated",
    ),
    _edit(
        "a text that must fit a pattern",
        _V2_TOOLS,
        _LIST,
        _listed('q: str = Query("a", pattern="^a")'),
        "new-optional-request-parameter",
    ),
    # Bodies.
    _edit(
        "an optional field of a body",
        _LOANS,
        _DAYS,
        f"{_DAYS}    note: str | None = None\n",
        "new-optional-request-property",
    ),
    _edit(
        "a required field of a body",
        _LOANS,
        _DAYS,
        f"{_DAYS}    note: str\n",
        "new-required-request-property",
    ),
    _edit("a field of a body that is gone", _LOANS, _DAYS, "", "request-property-removed"),
    _edit(
        "a field that became required",
        _LOANS,
        _DAYS,
        _DAYS.replace(" = 7", ""),
        "request-property-became-required",
        "request-property-default-value-removed",
    ),
    _edit(
        "a field that may be left out",
        _LOANS,
        "    tool_id: RecordId\n    borrower_id: RecordId\n    days",
        "    tool_id: RecordId = 1\n    borrower_id: RecordId\n    days",
        "request-property-became-optional",
        "request-property-default-value-added",
    ),
    _edit(
        "another default",
        _LOANS,
        _DAYS,
        _DAYS.replace("= 7", "= 14"),
        "request-property-default-value-changed",
    ),
    _edit(
        "a smaller maximum", _LOANS, _DAYS, _DAYS.replace("le=28", "le=14"), "request-property-max-decreased"
    ),
    _edit(
        "a larger maximum", _LOANS, _DAYS, _DAYS.replace("le=28", "le=56"), "request-property-max-increased"
    ),
    _edit("a larger minimum", _LOANS, _DAYS, _DAYS.replace("ge=1", "ge=2"), "request-property-min-increased"),
    _edit(
        "a smaller minimum", _LOANS, _DAYS, _DAYS.replace("ge=1", "ge=0"), "request-property-min-decreased"
    ),
    _edit(
        "an exclusive bound",
        _LOANS,
        _DAYS,
        _DAYS.replace("ge=1", "ge=1, lt=90"),
        "request-property-exclusive-max-set",
    ),
    _edit("a bound that is gone", _LOANS, _DAYS, _DAYS.replace("ge=1, ", "")),
    _edit(
        "a wider number", _LOANS, _DAYS, _DAYS.replace("int,", "float,"), "request-property-type-generalized"
    ),
    _edit(
        "another type",
        _LOANS,
        _DAYS,
        "    days: str = '7'\n",
        "request-property-type-changed",
        "request-property-default-value-changed",
    ),
    _edit(
        "a text beside the number",
        _LOANS,
        _DAYS,
        "    days: int | str = 7\n",
        "request-property-list-of-types-widened",
    ),
    _edit(
        "a shorter text", _TOOLS, _SHELF, _SHELF.replace("20", "10"), "request-property-max-length-decreased"
    ),
    _edit(
        "a longer text", _TOOLS, _SHELF, _SHELF.replace("20", "40"), "request-property-max-length-increased"
    ),
    _edit(
        "null refused",
        _TOOLS,
        _SHELF,
        _SHELF.replace(" | None = None", ' = "x"'),
        "request-property-became-not-nullable",
        "request-property-default-value-added",
    ),
    _edit(
        "null taken",
        _PEOPLE,
        "    name: Line\n    email: EmailStr\n\n\nclass BorrowerRead",
        "    name: Line | None\n    email: EmailStr\n\n\nclass BorrowerRead",
        "request-property-became-nullable",
    ),
    _edit(
        "a pattern",
        _PEOPLE,
        "    email: EmailStr\n\n\nclass BorrowerRead",
        "    email: str\n\n\nclass BorrowerRead",
        "request-property-type-generalized",
    ),
    _edit(
        "another alias",
        _LOANS,
        _DAYS,
        _DAYS.replace("le=28", 'le=28, alias="for"'),
        "request-property-removed",
        "new-optional-request-property",
    ),
    _edit(
        "a closed list of values",
        _LOANS,
        _DAYS,
        "    days: Literal[7, 14] = 7\n",
        "request-property-became-enum",
        needs="from typing import Literal",
    ),
    _edit(
        "a second body",
        _V1_LOANS,
        "    data: LoanCreate,\n",
        "    data: LoanCreate,\n    why: Annotated[str, Body()],\n",
        "new-required-request-property",
        "request-property-removed",
        needs="from typing import Annotated\nfrom fastapi import Body",
    ),
    # Answers.
    _edit(
        "a new field of an answer",
        _TOOLS,
        _STATUS,
        f"{_STATUS}    owner: str\n",
        "response-required-property-added",
    ),
    _edit(
        "a new field that may be missing",
        _TOOLS,
        _STATUS,
        f"{_STATUS}    owner: str = ''\n",
        "response-optional-property-added",
    ),
    _edit("a field of an answer that is gone", _TOOLS, _STATUS, "", "response-required-property-removed"),
    _edit(
        "a field that may be missing now",
        _TOOLS,
        _STATUS,
        "    status: ToolStatus = ToolStatus.RETIRED\n",
        "response-property-became-optional",
        "response-property-default-value-added",
    ),
    _edit(
        "a field that may be null now",
        _TOOLS,
        _STATUS,
        "    status: ToolStatus | None\n",
        "response-property-became-nullable",
    ),
    _edit(
        "a field that is never null now",
        _TOOLS,
        "    shelf: str | None\n",
        "    shelf: str\n",
        "response-property-became-not-nullable",
    ),
    _edit(
        "a new value of an answer",
        _TOOLS,
        '    RETIRED = "retired"\n',
        '    RETIRED = "retired"\n    LOST = "lost"\n',
        "response-property-enum-value-added",
    ),
    _edit(
        "a value that is not answered any more",
        _TOOLS,
        '    RETIRED = "retired"\n',
        "",
        "response-property-enum-value-removed",
    ),
    _edit("an open text in an answer", _TOOLS, _STATUS, "    status: str\n"),
    _edit(
        "another type of an answer", _TOOLS, _STATUS, "    status: int\n", "response-property-type-changed"
    ),
    _edit(
        "a narrower number of an answer",
        "schemas/statistics.py",
        "    retired: NonNegativeInt\n",
        "    retired: float\n",
        "response-property-type-generalized",
    ),
    _edit(
        "another shape of an answer",
        "routers/v2/statistics.py",
        "-> StatisticsRead:",
        "-> list[StatisticsRead]:",
        "response-body-type-changed",
        "response-required-property-removed",
    ),
    _edit(
        "another status",
        _V1_LOANS,
        "status_code=status.HTTP_201_CREATED",
        "status_code=status.HTTP_200_OK",
        "response-success-status-removed",
        "response-success-status-added",
    ),
    _edit(
        "an error that is told",
        "routers/v2/statistics.py",
        '@router.get("",',
        '@router.get("", responses={503: {"description": "cold"}},',
        "response-non-success-status-added",
    ),
    _edit(
        "an error that is not told any more",
        "routers/v2/loans.py",
        '        status.HTTP_404_NOT_FOUND: {"model": ErrorRead},\n',
        "",
        "response-non-success-status-removed",
    ),
    _edit(
        "another media type",
        "routers/v2/statistics.py",
        '@router.get("",',
        '@router.get("", response_class=PlainTextResponse,',
        "response-media-type-removed",
        "response-media-type-added",
        needs="from fastapi.responses import PlainTextResponse",
    ),
)
