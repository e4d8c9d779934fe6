"""An abstract run of a request: all ways through its dependencies, its handler and what they call.

Only what certainly can happen counts. Of a loop one pass is looked at, and a loop that commits ends the
account, for its passes may be batches that stand on their own. What handlers of errors do is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from archlint.facts.syntax import Await, Call, Constant, Expression, Name
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.conditions import KnownArguments, contradicts
from archlint.service.calls.edge import Edge
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.values import FunctionType
from archlint.service.transactions.effects import (
    Alternatives,
    Attempt,
    Block,
    Do,
    Effect,
    Effects,
    Hole,
    Leave,
    Loop,
    Reader,
    Run,
)
from archlint.service.transactions.frames import RunFrame
from archlint.service.transactions.quiet_runs import QuietRuns
from archlint.service.transactions.request_flow import RequestFlow, session_parameters
from archlint.service.transactions.session_acts import Act, SessionAct, is_session
from archlint.service.transactions.session_states import (
    Arm,
    BlockOutcome,
    SessionMark,
    States,
    Token,
    Tolerated,
    Variant,
    committed,
    join,
    merge,
    rolled_back,
    written,
)

_MAX_DEPTH = 14
_MAX_STEPS = 5_000


class Runner:
    """Runs requests; `busy` are the functions that come to a session at all."""

    def __init__(self, calls: Calls, reader: Reader, busy: frozenset[Function]) -> None:
        self._calls = calls
        self._reader = reader
        self._busy = busy
        self._splits: dict[Variant, None] = {}
        self._quiet = QuietRuns(calls)
        self._writes = self._commits = self._steps = 0

    def splits(self, request: RequestFlow, ambient: Token | None) -> list[Variant]:
        """The ways on which the request commits twice, with writes before and between."""
        self._splits, self._writes, self._commits, self._steps = {}, 0, 0, 0
        self._quiet.forget()
        generators = [one for one in request.dependencies if self._is_generator(one)]
        self._request(request.handler, generators, ambient, {})
        return list(self._splits)

    def _is_generator(self, function: Function) -> bool:
        return self._calls.inference.scan(function).is_generator and function in self._busy

    def _request(
        self, handler: Function, around: list[Function], ambient: Token | None, states: States
    ) -> States | None:
        """The handler, with the dependencies around it that go on when it is done."""
        if not around:
            return self._decorated(
                RunFrame(handler, sessions=self._injected(handler), ambient=ambient), states
            )
        first, *rest = around
        gives = dict.fromkeys(self._yielded(first), provided((first,)))
        frame = RunFrame(first, sessions=self._injected(first), ambient=ambient, gives=gives)
        return self._function(
            replace(frame, hole=lambda inner: self._request(handler, rest, ambient, inner)), states
        )

    def _injected(self, function: Function) -> dict[str, Token]:
        return {name: provided(by) for name, by in session_parameters(self._calls, function)}

    def _yielded(self, function: Function) -> Iterator[str]:
        """The names of the session that a provider yields."""
        for node in self._calls.inference.scan(function).yielded:
            if isinstance(node, Name) and is_session(self._calls.inference.values(node, function)):
                yield node.id

    def _decorated(self, frame: RunFrame, states: States) -> States | None:
        """The function in the wrappers that the service's own decorators put around it."""
        results = self._calls.inference.results
        wrappers = [
            w for decorator in results.decorators(frame.function) for w in results.wrappers(decorator)
        ]
        run = self._entering(frame)
        for wrapper in reversed(wrappers):
            run = self._entering(
                RunFrame(
                    wrapper,
                    sessions=frame.sessions,
                    ambient=frame.ambient,
                    chain=frame.chain,
                    context=frame.context,
                    hole=run,
                )
            )
        return run(states)

    def _entering(self, frame: RunFrame) -> Callable[[States], States | None]:
        return lambda states: self._function(frame, states)

    def _function(self, frame: RunFrame, states: States) -> States | None:
        """The states when the function has returned; None where it never does."""
        if frame.hole is not None:
            return self._passed(frame, states)
        key = self._quiet.key(frame, states)
        if self._quiet.knows(key):
            return self._quiet.end(key)
        before = self._writes, self._commits
        end = self._passed(frame, states)
        if before == (self._writes, self._commits) and self._steps < _MAX_STEPS:
            self._quiet.keep(key, states, end)
        return end

    def _passed(self, frame: RunFrame, states: States) -> States | None:
        outcome = self._block(self._reader.steps(frame.function), frame, states)
        ended = [outcome[way] for way in ("next", "return") if way in outcome]
        return join(ended) if ended else None

    def _block(self, steps: Effects, frame: RunFrame, states: States) -> BlockOutcome:
        outcomes: list[BlockOutcome] = []
        for step in steps:
            self._steps += 1
            outcome = self._step(step, frame, states) if self._steps < _MAX_STEPS else {}
            following = outcome.pop("next", None)
            if outcome and isinstance(step, Alternatives | Loop | Attempt | Block):
                frame = frame.within(Arm(step.node, frame.chain))
            outcomes += [outcome] if outcome else []
            if following is None:
                return merge(outcomes)
            states = following
        return merge([*outcomes, {"next": states}]) if outcomes else {"next": states}

    def _step(self, step: Effect, frame: RunFrame, states: States) -> BlockOutcome:
        match step:
            case Do(act):
                return {"next": states if frame.muted else self._act(act, frame, states)}
            case Run():
                return _going_on(states if frame.muted else self._run(step, frame, states))
            case Hole():
                return _going_on(frame.hole(states) if frame.hole and not frame.muted else states)
            case Leave(way):
                return {} if way == "raise" else {way: states}
            case Alternatives():
                return self._choice(step, frame, states)
            case Loop():
                return self._loop(step, frame, states)
            case Attempt():
                return self._attempt(step, frame, states)
            case Block():
                return self._with(step, frame, states)

    def _act(self, act: Act, frame: RunFrame, states: States) -> States:
        token = self._token(act.session, frame)
        if token is None or act.work not in {SessionAct.WRITE, SessionAct.COMMIT, SessionAct.ROLLBACK}:
            return states
        if act.work is SessionAct.ROLLBACK:
            return rolled_back(states, token)
        mark = SessionMark(frame.function, act.location, f"{act.text}()", frame.context, frame.chain)
        if act.work is SessionAct.WRITE:
            self._writes += 1
            return written(states, token, mark)
        return self._commit(states, token, mark)

    def _commit(self, states: States, token: Token, mark: SessionMark) -> States:
        self._commits += 1
        after, splits = committed(states, token, mark)
        self._splits.update(dict.fromkeys(splits))
        return after

    def _choice(self, step: Alternatives, frame: RunFrame, states: States) -> BlockOutcome:
        arms = [(i, arm) for i, (needed, arm) in enumerate(step.arms) if not contradicts(needed, frame.known)]
        if len(arms) == 1:
            return self._block(arms[0][1], frame, states)
        return merge(self._block(arm, frame.within(_arm(step, i, frame.chain)), states) for i, arm in arms)

    def _loop(self, step: Loop, frame: RunFrame, states: States) -> BlockOutcome:
        before = self._commits
        inner = frame.within((step.node, frame.chain))
        outcome = self._block(step.body, inner, {})
        if self._commits == before:
            outcome = self._block(step.body, inner, states)
        else:
            outcome = {way: {} for way in outcome}
            states = {}
        ended = [states, *(outcome.pop(way, {}) for way in ("next", "break", "continue"))]
        return {**outcome, "next": join(ended)}

    def _attempt(self, step: Attempt, frame: RunFrame, states: States) -> BlockOutcome:
        quiet = replace(frame, muted=True)
        handled = [self._block(handler, quiet, states) for handler in step.handlers]
        inner = frame.within(Tolerated(step.node, frame.chain)) if any(handled) else frame
        outcome = self._block(step.body, inner, states)
        following = outcome.pop("next", None)
        ended = [outcome, *handled]
        if following is not None:
            ended.append(self._block(step.orelse, frame, following))
        return self._finally(step.finally_, frame, merge(ended))

    def _finally(self, steps: Effects, frame: RunFrame, outcome: BlockOutcome) -> BlockOutcome:
        found: list[BlockOutcome] = []
        for way, states in outcome.items():
            after = self._block(steps, frame, states)
            following = after.pop("next", None)
            found.append({**after, **({way: following} if following is not None else {})})
        return merge(found)

    def _with(self, step: Block, frame: RunFrame, states: States) -> BlockOutcome:
        if frame.muted:
            return self._block(step.body, frame, states)
        match step.kind:
            case "manager":
                return self._managed(step, frame, states)
            case "object":
                return self._object(step, frame, states)
            case "begin":
                assert step.session is not None
                token = self._token(step.session, frame)
                return self._closing(step, frame, self._block(step.body, frame, states), token)
        token = frame.gives.get(step.target or "", step.node)
        inner = replace(frame, sessions={**frame.sessions, **({step.target: token} if step.target else {})})
        outcome = self._block(step.body, inner, states)
        return self._closing(step, frame, outcome, token) if step.kind == "open begin" else outcome

    def _closing(
        self, step: Block, frame: RunFrame, outcome: BlockOutcome, token: Token | None
    ) -> BlockOutcome:
        """The end of a block that commits, however it is left but by an error."""
        if token is None:
            return outcome
        place = frame.function.module.location(step.node)
        mark = SessionMark(frame.function, place, "the end of the block", frame.context, frame.chain)
        return {way: self._commit(states, token, mark) for way, states in outcome.items()}

    def _managed(self, step: Block, frame: RunFrame, states: States) -> BlockOutcome:
        """A generator of the service around the block: once for each way in which the block is left."""
        assert step.manager is not None
        edge = next((edge for edge in step.enter if edge.callee is step.manager), None)
        if edge is None:
            return self._block(step.body, frame, states)
        called = self._called(edge, frame)
        names = tuple(self._yielded(step.manager))
        token = next((called.sessions[name] for name in names if name in called.sessions), step.node)
        called = replace(called, gives=dict.fromkeys(names, token))
        inner = replace(frame, sessions={**frame.sessions, **({step.target: token} if step.target else {})})
        if not self._may_enter(edge, frame):
            return self._block(step.body, inner, states)
        reached: list[States] = []
        self._function(replace(called, hole=reached.append), states)
        outcome = self._block(step.body, inner, join(reached)) if reached else {}
        found: BlockOutcome = {}
        for way, ended in outcome.items():
            after = self._function(replace(called, hole=self._giving(ended)), states)
            if after is not None:
                found[way] = after
        return found

    def _giving(self, states: States) -> Callable[[States], States]:
        return lambda _: states

    def _object(self, step: Block, frame: RunFrame, states: States) -> BlockOutcome:
        """An object of the service whose methods run at both ends, as those of a unit of work."""
        entered = self._run(Run(step.enter), frame, states) if step.enter else states
        if entered is None:
            return {}
        outcome = self._block(step.body, frame, entered)
        if not step.leave:
            return outcome
        found = {way: self._run(Run(step.leave), frame, ended) for way, ended in outcome.items()}
        return {way: ended for way, ended in found.items() if ended is not None}

    def _run(self, step: Run, frame: RunFrame, states: States) -> States | None:
        """A call of one of several functions; what is decorated runs in the wrappers of its decorators."""
        wrappers = {
            wrapper
            for edge in step.edges
            for decorator in self._calls.inference.results.decorators(edge.callee)
            for wrapper in self._calls.inference.results.wrappers(decorator)
        }
        edges = [e for e in step.edges if e.callee not in wrappers and not contradicts(e.needs, frame.known)]
        if step.uncertain or not any(self._may_enter(edge, frame) for edge in edges):
            return states
        ended: list[States] = []
        for edge in edges:
            called = self._called(edge, frame)
            called = called if len(edges) == 1 else called.within(Arm(edge.node, frame.chain, edge.callee))
            after = self._decorated(called, states) if self._may_enter(edge, frame) else states
            ended += [after] if after is not None else []
        return join(ended) if ended else None

    def _may_enter(self, edge: Edge, frame: RunFrame) -> bool:
        repeated = edge.callee is frame.function or any(edge.callee is one.callee for one in frame.chain)
        return edge.callee in self._busy and not repeated and len(frame.chain) < _MAX_DEPTH

    def _called(self, edge: Edge, frame: RunFrame) -> RunFrame:
        """The frame of the callee: it is told which sessions and which switches it is given."""
        given = self._given(edge, frame.function)
        sessions: dict[str, Token] = {}
        for name, value in given.items():
            token = self._token(value, frame) if self._is_session(value, frame.function) else None
            if token is not None:
                sessions[name] = token
        known = edge.knows(frame.known) | self._switches(edge.callee, given, frame)
        chain = (*frame.chain, edge)
        return RunFrame(edge.callee, known, sessions, frame.ambient, chain, frame.context)

    def _is_session(self, value: Expression, function: Function) -> bool:
        return is_session(self._calls.inference.values(value, function))

    def _given(self, edge: Edge, caller: Function) -> dict[str, Expression]:
        """The arguments of the call by the callee's parameters."""
        inference = self._calls.inference
        if isinstance(edge.node, Call):
            for value in inference.values(edge.node.func, caller):
                if isinstance(value, FunctionType) and value.function is edge.callee:
                    return dict(inference.results.arguments(value, edge.node))
        return {}

    def _switches(self, callee: Function, given: dict[str, Expression], frame: RunFrame) -> KnownArguments:
        """The callee's parameters that are True, False or None, by the call or by default."""
        known = dict(frame.known)
        found: set[tuple[str, bool | Class | None]] = set()
        for parameter in callee.node.parameters if callee.node else ():
            value = given.get(parameter.name, parameter.default if given else None)
            match value:
                case Constant(value=None | bool() as constant):
                    found.add((parameter.name, constant))
                case Name(id=name) if name in known and parameter.name in given:
                    found.add((parameter.name, known[name]))
        return frozenset(found)

    def _token(self, session: Expression, frame: RunFrame) -> Token | None:
        """Which session the expression is; None where the source does not tell."""
        if not isinstance(session, Name):
            return frame.ambient
        if session.id in frame.sessions:
            return frame.sessions[session.id]
        bindings = self._calls.read(frame.function).bindings.get(session.id, ())
        if len(bindings) == 1 and bindings[0].kind == "value" and bindings[0].value is not None:
            value = bindings[0].value
            return self._assigned(value.value if isinstance(value, Await) else value, frame)
        node = frame.function.node
        if bindings or (node and any(parameter.name == session.id for parameter in node.parameters)):
            return None
        symbol = self._calls.symbols.resolve(frame.function.module, session)
        return symbol.qualified if symbol.module is not None and symbol.node is not None else None

    def _assigned(self, value: Expression, frame: RunFrame) -> Token | None:
        """The session that a name is given: another one's, or a new one."""
        if isinstance(value, Call):
            makers = self._calls.inference.values(value.func, frame.function)
            own = any(isinstance(maker, FunctionType) for maker in makers)
            return None if own or not makers else value
        return self._token(value, frame)


def provided(providers: tuple[Function, ...]) -> Token | None:
    """The session that FastAPI injects, once for a request; None where the provider is not known."""
    return ("injected", providers) if providers else None


def _arm(choice: Alternatives, index: int, chain: tuple[Edge, ...]) -> Arm:
    leaves = any(isinstance(step, Leave) for step in choice.arms[index][1])
    return Arm(choice.node, chain, index, leaves)


def _going_on(states: States | None) -> BlockOutcome:
    return {"next": states} if states is not None else {}
