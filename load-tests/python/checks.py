"""A foreign client in Python: does what the pages describe, sends what they forbid, and compares each answer with
what proto/README.md and the .proto files promise.

  checks.py CLIENTS.json

The file is that of ../node/client.mjs; fr.customs and de.customs run. PYTHONPATH names the folder of the stubs. Prints
a line for each check that holds; exits with 1 at the first that does not. At the line "restart AGENCY" the reader
kills and starts that gateway, and then writes a line to standard input.
"""
import importlib
import json
import random
import re
import socket
import ssl
import sys
import time
from pathlib import Path
from queue import SimpleQueue

import grpc
from client import alert, connect, details, retried
from entente.v1 import evidence_pb2, message_pb2, publisher_pb2, publisher_pb2_grpc, retention_pb2, search_pb2
from entente.v1 import subscriber_pb2, subscriber_pb2_grpc
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.rpc import error_details_pb2

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "proto" / "README.md").read_text(encoding="utf-8")
# Code: gRPC status, who must act, retry.
CODES = {
    code: (status, who, {"yes": "true", "no": "false"}[retry])
    for code, status, who, retry in re.findall(r"^\| `(\w+)` \|.*\| `(\w+)` \| (\w+) \| (yes|no) \|$", README, re.M)
}
WHY = publisher_pb2.OnBehalfOf(officer="FR-12", unit="DNRED", justification="file 12/26")

# Text that no field for people may hold, and bytes that no string may hold.
HOSTILE = {
    "bidi": "pay\u202egnp.exe",
    "zero width": "\u200b",
    "nul": "a\0b",
    "line separator": "a\u2028b",
    "noncharacter": "a\ufdd0",
    "tag": "a\U000e0041",
    "long": "n" * 65_536,
}
# Terms of a search: words, of which other characters are no part.
ANY_TEXT = (("Search.Search", "case_ref"), ("Search.Search", "headline"))
NOT_UTF8 = {"stray byte": b"\xff", "lone surrogate": b"\xed\xa0\x80", "overlong": b"\xc0\x80"}
MARK = "!!!"  # stands in a request for three bytes that Python would not write
UNKNOWN_FIELD = b"\xc2\x3e\x03new"  # field 1000

checks = 0


def holds(what, condition, found=""):
    global checks
    if not condition:
        raise AssertionError(f"{what}: {found}")
    checks += 1
    print(json.dumps({"holds": what}), flush=True)


def until(what, attempt):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = attempt()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within a minute: {what}")


class Refusal:
    """What the gateway said to programs when it ended a call."""

    def __init__(self, error):
        info = details(error, error_details_pb2.ErrorInfo())
        violations = details(error, error_details_pb2.BadRequest()).field_violations
        self.status, self.reason, self.text = error.code().name, info.reason, error.details()
        self.promised = (self.status, info.metadata["who_must_act"], info.metadata["retry"])
        self.domain = info.domain
        self.field = violations[0].field if violations else ""
        self.description = violations[0].description if violations else ""

    def __str__(self):
        return f"{self.status} {self.reason} of {self.field!r}: {self.text}"


def message_type(descriptor):
    module = importlib.import_module(descriptor.file.name.replace("/", ".").removesuffix(".proto") + "_pb2")
    return getattr(module, descriptor.name)


def described():
    """The methods of all services by name, and the names of those that answer with a stream."""
    methods, streamed = {}, set()
    for path in sorted((ROOT / "proto/src/main/proto/entente/v1").glob("*.proto")):
        file = importlib.import_module(f"entente.v1.{path.stem}_pb2").DESCRIPTOR
        written = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(written)
        for service in written.service:
            for method in service.method:
                name = f"{service.name}.{method.name}"
                methods[name] = file.services_by_name[service.name].methods_by_name[method.name]
                if method.server_streaming:
                    streamed.add(name)
    return methods, streamed


METHODS, STREAMED = described()


class Client:
    def __init__(self, address, folder):
        self.address, self.folder = address, folder
        self.channel = connect(address, folder)

    def call(self, name, request, timeout=30):
        """The answer, or the list of those of a stream; a request may be bytes."""
        method = METHODS[name]
        path, read = "/entente.v1." + name.replace(".", "/"), message_type(method.output_type).FromString
        write = bytes if isinstance(request, bytes) else type(request).SerializeToString
        if name in STREAMED:
            return list(self.channel.unary_stream(path, write, read)(request, timeout=timeout))
        return self.channel.unary_unary(path, write, read)(request, timeout=timeout)

    def refusal(self, name, request, timeout=30):
        """The refusal, which says what the table of codes promises; None if the call was not refused."""
        try:
            self.call(name, request, timeout)
        except grpc.RpcError as error:
            refusal = Refusal(error)
            table = CODES.get(refusal.reason)
            promised = table == refusal.promised and refusal.domain == "entente" and refusal.reason != "INTERNAL"
            if not promised and refusal.status != "DEADLINE_EXCEEDED":
                raise AssertionError(f"{name}: {refusal}: {refusal.promised} is not {table}") from error
            return refusal
        return None

    def refused(self, name, request, reason, field=""):
        refusal = self.refusal(name, request)
        good = refusal is not None and (refusal.reason, refusal.field) == (reason, field)
        holds(f"{name} is refused with {reason} of {field!r}", good, refusal)
        return refusal

    def publish(self, draft):
        return self.call("Publisher.Publish", publisher_pb2.PublishRequest(draft=draft)).outcome


keys = (f"python-{random.getrandbits(48):x}-{number}" for number in range(1_000_000))


def draft(recipient="de.customs", **extra):
    made = alert(recipient, next(keys))
    made.body.alert.extra.update(extra)
    return made


def request(made):
    return publisher_pb2.PublishRequest(draft=made)


class Subscription:
    """An open stream of a cursor."""

    def __init__(self, client, cursor, **options):
        self.requests = SimpleQueue()
        self.send(open=subscriber_pb2.OpenCursor(cursor=cursor, **options))
        self.stream = subscriber_pb2_grpc.SubscriberStub(client.channel).Subscribe(
            iter(self.requests.get, None), timeout=60
        )
        self.opened = next(self.stream).opened

    def send(self, **step):
        self.requests.put(subscriber_pb2.SubscribeRequest(**step))

    def acknowledge(self, delivery):
        self.send(ack=subscriber_pb2.Acknowledge(position=delivery.position))

    def next(self):
        return next(one.delivery for one in self.stream if one.HasField("delivery"))

    def waiting(self):
        """All deliveries until it has caught up."""
        for one in self.stream:
            if one.HasField("caught_up"):
                return
            yield one.delivery

    def end(self):
        self.requests.put(None)
        return list(self.stream)

    def refusal(self):
        try:
            list(self.stream)
        except grpc.RpcError as error:
            return Refusal(error)
        return None


def connecting(fr, de):
    """P-256 alone is enough, older TLS and other groups are not, and a stranger gets no details."""
    for version, group, accepted in (
        (ssl.TLSVersion.TLSv1_3, "prime256v1", True),
        (ssl.TLSVersion.TLSv1_3, "secp384r1", False),
        (ssl.TLSVersion.TLSv1_2, "prime256v1", False),
    ):
        context = ssl.create_default_context(cafile=Path(fr.folder, "ca.crt"))
        context.load_cert_chain(Path(fr.folder, "tls.crt"), Path(fr.folder, "tls.key"))
        context.minimum_version = context.maximum_version = version
        context.set_ecdh_curve(group)
        context.set_alpn_protocols(["h2"])
        host, port = fr.address.rsplit(":", 1)
        try:
            with context.wrap_socket(socket.create_connection((host, int(port))), server_hostname=host) as tls:
                found = tls.selected_alpn_protocol() == "h2"
        except (ssl.SSLError, ConnectionError):
            found = False
        holds(f"{version.name} with {group} alone {'connects' if accepted else 'fails'}", found == accepted)
    ca, key, certificate = Path(fr.folder, "ca.crt"), Path(de.folder, "tls.key"), Path(de.folder, "tls.crt")
    credentials = grpc.ssl_channel_credentials(*(file.read_bytes() for file in (ca, key, certificate)))
    stranger = publisher_pb2_grpc.PublisherStub(grpc.secure_channel(fr.address, credentials))
    try:
        stranger.Publish(request(draft()))
        raise AssertionError("a stranger published")
    except grpc.RpcError as error:
        found = Refusal(error)
    holds("a stranger ends with UNAVAILABLE, without details", (found.status, found.reason) == ("UNAVAILABLE", ""))


def publishing(fr):
    """Outcomes, and a lost draft that is repeated in any order of fields and map entries."""
    sent = draft(a="1", b="2", c="3", d="4")
    first = fr.publish(sent)
    holds("a permitted draft is accepted", first.accepted.permits[0].agency == "de.customs", first)
    holds("the same draft has the first outcome", fr.publish(sent) == first)
    bare = publisher_pb2.Draft.FromString(sent.SerializeToString())
    bare.body.alert.ClearField("extra")
    parts = []
    for name, value in sent.body.alert.extra.items():
        part = publisher_pb2.Draft()
        part.body.alert.extra[name] = value
        parts.append(request(part).SerializeToString())
    for order in (parts, parts[::-1], parts[2:] + parts[:2]):
        # Encoded messages that follow each other are one message with the fields of all.
        answer = fr.call("Publisher.Publish", b"".join([*order[:2], request(bare).SerializeToString(), *order[2:]]))
        holds("so has one with its map in another order", answer.outcome == first, answer)
    sent.body.alert.extra["d"] = "5"
    fr.refused("Publisher.Publish", request(sent), "IDEMPOTENCY_KEY_REUSED", "idempotency_key")
    wrong = draft()
    wrong.label.ClearField("purpose")
    fr.refused("Publisher.Publish", request(wrong), "INVALID_FIELD", "label.purpose")
    wrong.label.purpose = message_pb2.PURPOSE_CUSTOMS_CONTROL
    holds("a key whose draft was invalid is free", fr.publish(wrong).HasField("accepted"))
    sent_refused = draft("sg.police")
    refused = fr.publish(sent_refused)
    holds("a refusal by policy is an outcome", refused.WhichOneof("result") == "refused", refused)
    holds("which the key keeps", fr.publish(sent_refused) == refused)
    code = refused.refused.refusals[0].code
    holds("with a code of the table", code in CODES and CODES[code][0] == "PERMISSION_DENIED", refused)


def places(descriptor, kind, depth=5):
    """Paths to all fields of one kind in a message, each a list of fields."""
    for field in descriptor.fields:
        if field.type == kind:
            yield [field]
        elif field.type == FieldDescriptor.TYPE_MESSAGE and depth > 0:
            if not field.message_type.file.name.startswith("google/"):
                yield from ([field, *rest] for rest in places(field.message_type, kind, depth - 1))


def put(message, path, value):
    """Sets one field below a message; the path as a gateway writes it."""
    field, *rest = path
    if field.message_type and field.message_type.GetOptions().map_entry:
        entry = {"key": "name", "value": "text", rest[0].name: value}
        getattr(message, field.name)[entry["key"]] = entry["value"]
        return f"{field.name}[0].{rest[0].name}"
    repeated = is_list(field)
    name = field.name + ("[0]" if repeated else "")
    if rest:
        below = getattr(message, field.name)
        if repeated:
            below = below[0] if below else below.add()
        else:
            below.SetInParent()
        return f"{name}.{put(below, rest, value)}"
    if repeated:
        message.ClearField(field.name)
        getattr(message, field.name).append(value)
    else:
        setattr(message, field.name, value)
    return name


def hostile_drafts(fr):
    """No text field of a draft takes hostile text, nor any field a value of a wrong form."""
    before = fr.publish(draft())
    accepted, fields = [], 0
    for path in places(publisher_pb2.Draft.DESCRIPTOR, FieldDescriptor.TYPE_STRING):
        if path[0].name == "traceparent":
            continue  # one that cannot be read begins another trace, as W3C says, and goes no further
        fields += 1
        for name, text in HOSTILE.items():
            made = draft()
            field = put(made, path, text)
            if fr.refusal("Publisher.Publish", request(made)) is None:
                accepted.append(f"{field} {name}")
        for name, stray in NOT_UTF8.items():
            made = draft()
            field = "draft." + put(made, path, MARK)
            encoded = request(made).SerializeToString().replace(MARK.encode(), stray.ljust(3, b"!"))
            refusal = fr.refusal("Publisher.Publish", encoded)
            assert refusal is not None and refusal.reason == "INVALID_FIELD", f"{field} {name}: {refusal}"
            assert re.sub(r"\[\d+\]", "", refusal.field) == re.sub(r"\[\d+\]", "", field), f"{field} {name}: {refusal}"
    holds(f"{fields} text fields of a draft refuse hostile text", not accepted, accepted)
    holds(f"{fields} text fields of a draft refuse what is not UTF-8, by their path", fields > 100)
    for kind, values in (
        (FieldDescriptor.TYPE_ENUM, (99, -1)),
        (FieldDescriptor.TYPE_BYTES, (b"x", b"x" * 15, b"x" * 17)),
    ):
        wrong = []
        for path in places(publisher_pb2.Draft.DESCRIPTOR, kind):
            for value in values:
                made = draft()
                field = put(made, path, value)
                if fr.refusal("Publisher.Publish", request(made)) is None:
                    wrong.append(f"{field} {value}")
        holds(f"wrong values of kind {kind} are refused", not wrong, wrong)
    taken = list(with_unknown_fields(fr))
    holds("no message of a draft takes a field that the gateway does not know", not taken, taken)
    holds("nothing that was refused took a position", fr.publish(draft()).position == before.position + 1)


def with_unknown_fields(fr):
    """The messages of a draft that take an unknown field."""
    for path in [[], *messages(publisher_pb2.Draft.DESCRIPTOR)]:
        made = below = draft()
        for field in path:
            next_one = getattr(below, field.name)
            below = (next_one[:1] or [next_one.add()])[0] if is_list(field) else next_one
        if path and path[-1].message_type.name == "Timestamp":
            below.GetCurrentTime()
            below.seconds += 86_400
        below.MergeFromString(UNKNOWN_FIELD)
        if fr.refusal("Publisher.Publish", request(made)) is None:
            yield ".".join(field.name for field in path)


def messages(descriptor, depth=5):
    """Paths to all messages in a message."""
    for field in descriptor.fields:
        if field.type == FieldDescriptor.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            yield [field]
            yield from ([field, *rest] for rest in (messages(field.message_type, depth - 1) if depth else ()))


def is_list(field):
    return field.label == FieldDescriptor.LABEL_REPEATED


def streaming(fr):
    """A stream of drafts goes on after a problem of one of them."""
    good, invalid, also = draft(), draft(), draft()
    invalid.body.alert.texts[0].headline = HOSTILE["bidi"]
    broken = draft()
    broken.body.alert.texts[0].headline = MARK
    stream = [
        publisher_pb2.PublishStreamRequest(drafts=[good, invalid]).SerializeToString(),
        publisher_pb2.PublishStreamRequest(drafts=[broken]).SerializeToString().replace(MARK.encode(), b"\xed\xa0\x80"),
        b"\xff\xff",
        publisher_pb2.PublishStreamRequest(drafts=[also]).SerializeToString(),
    ]
    call = fr.channel.stream_stream(
        "/entente.v1.Publisher/PublishStream", bytes, publisher_pb2.PublishStreamResponse.FromString
    )
    outcomes = {one.idempotency_key: one for answer in call(iter(stream), timeout=30) for one in answer.outcomes}
    results = [outcomes[one.idempotency_key].WhichOneof("result") for one in (good, invalid, broken, also)]
    holds("the others of a stream are accepted", results == ["accepted", "invalid", "invalid", "accepted"], outcomes)
    for one in (invalid, broken):
        problem = outcomes[one.idempotency_key].invalid
        found = (problem.code, problem.field)
        holds("each problem names its field", found == ("INVALID_FIELD", "body.alert.texts[0].headline"), problem)
    holds("what cannot be divided into drafts has no key", outcomes[""].invalid.code == "INVALID_FIELD", outcomes)


def limits(fr):
    """Size, compression, unknown methods: which of them gRPC itself refuses."""
    large = draft()
    large.body.document.media_type = "application/pdf"
    large.body.document.content = bytes(1 << 20)
    refusal = fr.refusal("Publisher.Publish", request(large))
    holds("a message over the limit is TOO_LARGE", refusal is not None and refusal.reason == "TOO_LARGE", refusal)
    large.body.document.content = bytes(1 << 21)
    publish = fr.channel.unary_unary("/entente.v1.Publisher/Publish", publisher_pb2.PublishRequest.SerializeToString)
    unknown = fr.channel.unary_unary("/entente.v1.Publisher/Retract")
    for what, status, call in (
        ("far over the limit", "RESOURCE_EXHAUSTED", lambda: publish(request(large))),
        ("compressed", "UNIMPLEMENTED", lambda: publish(request(draft()), compression=grpc.Compression.Gzip)),
        ("an unknown method", "UNIMPLEMENTED", lambda: unknown(b"")),
    ):
        try:
            call()
            raise AssertionError(f"{what} was not refused")
        except grpc.RpcError as error:
            found = Refusal(error)
        holds(f"{what}: {status}, without details", (found.status, found.reason) == (status, ""), found)


def every_call(clients):
    """Each method of each service refuses readably: without scope, malformed, and with hostile values in any field."""
    refused, accepted = 0, []
    for name, method in sorted(METHODS.items()):
        if name in ("Publisher.PublishStream", "Subscriber.Subscribe"):
            continue
        may = [one for one in clients if is_allowed(one, name)]
        assert may, f"nobody may call {name}"
        for client in clients:
            assert client in may or client.refusal(name, b"").reason == "SCOPE_MISSING", name
        cut_short = may[0].refusal(name, b"\x0a\x7f")
        assert not method.input_type.fields or cut_short.reason == "INVALID_FIELD", f"{name}: {cut_short}"
        for kind, values in (
            (FieldDescriptor.TYPE_STRING, HOSTILE.values()),
            (FieldDescriptor.TYPE_BYTES, (b"x", b"x" * 17)),
            (FieldDescriptor.TYPE_ENUM, (99, -1)),
        ):
            for path in places(method.input_type, kind, depth=2):
                for value in values:
                    made = plausible(method.input_type)
                    field = put(made, path, value)
                    refusal = may[0].refusal(name, made, timeout=1)
                    refused += refusal is not None
                    if (refusal is None or not refusal.reason) and (name, field) not in ANY_TEXT:
                        accepted.append(f"{name} {field} {value!r:.20}")
    holds(f"{len(METHODS)} methods refuse readably: {refused} refusals", refused > 500 and not accepted, accepted)


def plausible(descriptor):
    """A request with a person and with ids of the right form, of which most name nothing."""
    made = message_type(descriptor)()
    for field in descriptor.fields:
        if field.name == "on_behalf_of":
            made.on_behalf_of.CopyFrom(WHY)
        elif field.type == FieldDescriptor.TYPE_BYTES and field.name.endswith("_id") and not is_list(field):
            setattr(made, field.name, bytes(16))
    return made


def is_allowed(client, name):
    refusal = client.refusal(name, b"", timeout=1)
    return refusal is None or refusal.reason != "SCOPE_MISSING"


def subscribing(fr, desk):
    """A cursor delivers at least once, in one stream at a time, what was not acknowledged."""
    cursor = f"python-{random.getrandbits(48):x}"
    first = Subscription(desk, cursor)
    ids = [fr.publish(draft()).message_id for _ in range(3)]
    held = until("deliveries", lambda: received(first, ids))
    holds("messages of a lane come in order", [one.label.message_id for one in held] == ids)
    first.acknowledge(held[0])
    holds("the gateway ends a stream whose requests end", first.end() == [])
    second = Subscription(desk, cursor)
    again = list(second.waiting())
    holds("what was not acknowledged comes again", [one.label.message_id for one in again] == ids[1:], again)
    holds("with a mark", all(one.redelivery for one in again))
    third = Subscription(desk, cursor)
    taken = second.refusal()
    holds("another stream takes a cursor over", taken.reason == "CURSOR_TAKEN_OVER", taken)
    holds("as the table says", taken.promised == CODES[taken.reason], taken.promised)
    third.send(ack=subscriber_pb2.Acknowledge(position=1 << 40))
    wrong = third.refusal()
    holds("a position that was not sent", (wrong.reason, wrong.field) == ("INVALID_FIELD", "ack.position"), wrong)
    last = Subscription(desk, cursor)
    for one in last.waiting():
        last.acknowledge(one)
    last.end()
    new = f"{cursor}-new"
    opened = Subscription(desk, new, skip_stored=True).opened
    holds("a new cursor can skip what is stored", opened.from_position == opened.last_position + 1, opened)
    later = fr.publish(draft()).message_id
    holds("for good", Subscription(desk, new).next().label.message_id == later)
    for options, reason, field in (
        ({"cursor": "Night Shift"}, "INVALID_FIELD", "open.cursor"),
        ({"cursor": cursor, "window": 10_001}, "INVALID_FIELD", "open.window"),
        ({"cursor": cursor, "batch": 257}, "INVALID_FIELD", "open.batch"),
        ({"cursor": cursor, "from_position": 1 << 40}, "CURSOR_AHEAD", "open.from_position"),
        ({"cursor": cursor, "from_position": 1, "skip_stored": True}, "INVALID_FIELD", "open.skip_stored"),
        ({"cursor": cursor, "filter": {"origins": ["fr.custom"]}}, "INVALID_FIELD", "open.filter.origins"),
        ({"cursor": cursor, "filter": {"kinds": [99]}}, "INVALID_FIELD", "open.filter.kinds"),
    ):
        try:
            Subscription(desk, **options)
            raise AssertionError(f"{options} was not refused")
        except grpc.RpcError as error:
            found = Refusal(error)
        holds(f"{field} {options[field[5:].split('.')[0]]}", (found.reason, found.field) == (reason, field), found)
    return cursor, ids


def received(subscription, ids):
    found = []
    while len(found) < len(ids):
        one = subscription.next()
        if one.label.message_id in ids:
            found.append(one)
        else:
            subscription.acknowledge(one)
    return found


def paging(publisher, desk):
    """Pages follow each other without repeats and end."""
    ids = [publisher.publish(draft("fr.customs")).message_id for _ in range(5)]

    def all_pages():
        found, token = [], ""
        while True:
            page = search_pb2.SearchRequest(on_behalf_of=WHY, page_size=2, page_token=token)
            answer = desk.call("Search.Search", page)
            found += [one.message_id for one in answer.messages]
            token = answer.next_page_token
            if not token:
                return found

    found = until("all are found", lambda: [one for one in [all_pages()] if set(ids) <= set(one)])[0]
    holds("pages hold each message once, newest first", found[:5] == ids[::-1] and len(set(found)) == len(found))
    for field, value in (("page_token", "garbage"), ("page_size", 101), ("in_reply_to", b"short")):
        wrong = search_pb2.SearchRequest(on_behalf_of=WHY, **{field: value})
        desk.refused("Search.Search", wrong, "INVALID_FIELD", field)


def tracking(fr, supervisor, desk, cursor, message_id):
    """A message is tracked to the client that opened it, and recalled from it."""
    track = evidence_pb2.TrackRequest(message_id=message_id)
    retrieved = evidence_pb2.PROGRESS_RETRIEVED
    until("retrieval", lambda: fr.call("Evidence.Track", track).recipients[0].progress == retrieved)
    holds("a message is tracked to who retrieved it", True)
    fr.refused("Evidence.Track", evidence_pb2.TrackRequest(message_id=bytes(16)), "NOT_FOUND", "message_id")
    fr.refused("Evidence.Track", evidence_pb2.TrackRequest(message_id=b"short"), "INVALID_FIELD", "message_id")
    recall = retention_pb2.RecallRequest(message_id=message_id, reason="wrong consignment", on_behalf_of=WHY)
    for field, value in (("reason", HOSTILE["nul"]), ("reason", ""), ("message_id", b"short")):
        wrong = retention_pb2.RecallRequest.FromString(recall.SerializeToString())
        setattr(wrong, field, value)
        supervisor.refused("Retention.Recall", wrong, "INVALID_FIELD", field)
    supervisor.call("Retention.Recall", recall)
    erased = evidence_pb2.PROGRESS_ERASED
    until("erasure", lambda: fr.call("Evidence.Track", track).recipients[0].progress == erased)
    holds("a recalled message is erased", True)
    waiting = list(Subscription(desk, cursor).waiting())
    recalled = [one.body.recall.message_id for one in waiting if one.label.kind == message_pb2.KIND_RECALL]
    holds("a reader of the message learns of it", recalled == [message_id], waiting)


def restarting(fr, desk, agency):
    """A gateway that was killed: the first call afterwards is repeated, under its key."""
    sent = request(draft())
    stream = Subscription(desk, "python-restart", skip_stored=True)
    first = fr.call("Publisher.Publish", sent).outcome
    print(f"restart {agency}", flush=True)
    sys.stdin.readline()
    stub = publisher_pb2_grpc.PublisherStub(fr.channel)
    holds("the first call after a restart has the first outcome", retried(stub.Publish, sent).outcome == first)
    ended = stream.refusal()
    holds("an open stream ended with UNAVAILABLE", (ended.status, ended.reason) == ("UNAVAILABLE", ""), ended)
    other = retried(stub.Publish, request(draft())).outcome
    holds("the next draft is accepted", other.WhichOneof("result") == "accepted", other)


def main(file):
    agencies = json.loads(Path(file).read_text(encoding="utf-8"))
    clients = {
        f"{agency}/{name}": Client(one["address"], folder)
        for agency, one in agencies.items()
        for name, folder in one["clients"].items()
    }
    fr, supervisor, desk = (
        clients[name] for name in ("fr.customs/declarations", "fr.customs/supervisor", "de.customs/desk")
    )
    assert len(CODES) > 50, "the table of codes of proto/README.md"
    connecting(fr, desk)
    publishing(fr)
    hostile_drafts(fr)
    streaming(fr)
    limits(fr)
    cursor, ids = subscribing(fr, desk)
    tracking(fr, supervisor, desk, cursor, ids[0])
    paging(clients["de.customs/declarations"], clients["fr.customs/desk"])
    every_call([one for name, one in clients.items() if name.startswith("fr.customs/")])
    restarting(fr, clients["fr.customs/desk"], "fr.customs")
    print(json.dumps({"checks": checks}))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
