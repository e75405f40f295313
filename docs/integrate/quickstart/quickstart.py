"""A client in Python: quickstart.py (publish RECIPIENT KEY | receive CURSOR | track MESSAGE) HOST:PORT FOLDER"""
import sys
from pathlib import Path
from queue import SimpleQueue

import grpc
from entente.v1 import evidence_pb2, evidence_pb2_grpc, message_pb2, publisher_pb2, publisher_pb2_grpc
from entente.v1 import subscriber_pb2, subscriber_pb2_grpc
from google.rpc import error_details_pb2, status_pb2


def publish(channel, recipient, key):
    draft = publisher_pb2.Draft(idempotency_key=key)  # the same draft under the same key goes out once
    draft.label.kind = message_pb2.KIND_ALERT
    draft.label.category = message_pb2.CATEGORY_IPR
    draft.label.purpose = message_pb2.PURPOSE_CUSTOMS_CONTROL
    draft.label.classification = message_pb2.CLASSIFICATION_RESTRICTED
    draft.label.severity = message_pb2.SEVERITY_SEVERE
    draft.body.alert.texts.add(language="en", headline="Counterfeit brake pads")
    draft.body.alert.subjects.add(container="CSQU3054383")
    draft.to.agencies.append(recipient)
    request = publisher_pb2.PublishRequest(draft=draft)
    outcome = publisher_pb2_grpc.PublisherStub(channel).Publish(request, timeout=30).outcome
    print(outcome.message_id.hex(), outcome.WhichOneof("result"))  # accepted: it is on the gateway's disk
    for permit in outcome.accepted.permits:
        print(f"to {permit.agency} under {permit.agreement}")
    for refusal in [*outcome.accepted.refusals, *outcome.refused.refusals]:
        print(f"not to {refusal.agency}: {refusal.code}: {refusal.reason}")


def receive(channel, cursor):
    requests = SimpleQueue()
    requests.put(subscriber_pb2.SubscribeRequest(open=subscriber_pb2.OpenCursor(cursor=cursor)))
    for response in subscriber_pb2_grpc.SubscriberStub(channel).Subscribe(iter(requests.get, None)):
        if response.HasField("delivery"):
            label, position = response.delivery.label, response.delivery.position
            print(label.message_id.hex(), "from", label.origin)  # here you store it, unless you have this id
            requests.put(subscriber_pb2.SubscribeRequest(ack=subscriber_pb2.Acknowledge(position=position)))
        elif response.HasField("caught_up"):
            requests.put(None)  # ends the requests; the gateway ends the stream once acknowledgements are durable


def track(channel, message):
    request = evidence_pb2.TrackRequest(message_id=bytes.fromhex(message))
    for at in evidence_pb2_grpc.EvidenceStub(channel).Track(request, timeout=30).recipients:
        print(at.agency, evidence_pb2.Progress.Name(at.progress))


if {"publish": 6, "receive": 5, "track": 5}.get("".join(sys.argv[1:2])) != len(sys.argv):
    sys.exit(__doc__)
*words, address, folder = sys.argv[1:]
try:
    ca, private_key, certificate = (Path(folder, name).read_bytes() for name in ("ca.crt", "tls.key", "tls.crt"))
    with grpc.secure_channel(address, grpc.ssl_channel_credentials(ca, private_key, certificate)) as gateway:
        {"publish": publish, "receive": receive, "track": track}[words[0]](gateway, *words[1:])
except grpc.RpcError as error:
    info = error_details_pb2.ErrorInfo()  # empty if gRPC itself made the error
    status = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    for detail in status_pb2.Status.FromString(status).details:
        detail.Unpack(info)
    sys.exit(f"{info.reason or error.code().name}: " + error.details().removeprefix(f"{info.reason}: "))
except (OSError, ValueError) as error:  # of a file, or of an id that is not hexadecimal
    sys.exit(str(error))
