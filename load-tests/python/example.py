"""A first client in Python: publishes one alert, or prints and acknowledges what waits at a cursor.

  example.py publish HOST:PORT FOLDER RECIPIENT
  example.py receive HOST:PORT FOLDER CURSOR

FOLDER has tls.crt, tls.key and ca.crt of a client with the scope publish or subscribe. The folder of
the stubs, which protoc makes from the .proto files, is on PYTHONPATH (proto/README.md).
"""
import random
import sys
import time
from pathlib import Path
from queue import SimpleQueue

import grpc
from entente.v1 import message_pb2, publisher_pb2, publisher_pb2_grpc, subscriber_pb2, subscriber_pb2_grpc
from google.rpc import error_details_pb2, status_pb2


def connect(address, folder):
    ca, key, certificate = (Path(folder, name).read_bytes() for name in ("ca.crt", "tls.key", "tls.crt"))
    # Dial a gateway that was away every five seconds; by default gRPC waits for up to two minutes.
    options = [("grpc.max_reconnect_backoff_ms", 5_000)]
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(ca, key, certificate), options)


def details(error, detail):
    """A message such as ErrorInfo that the gateway sent with an error; empty if gRPC itself made the error."""
    trailers = dict(error.trailing_metadata() or ())
    for packed in status_pb2.Status.FromString(trailers.get("grpc-status-details-bin", b"")).details:
        if packed.Unpack(detail):
            break
    return detail


def retried(call, request, attempts=10):
    """The answer to a call that may be repeated: where the gateway says that the same call can succeed later, and
    where the connection or the answer was lost."""
    for attempt in range(attempts):
        try:
            return call(request, timeout=30)
        except grpc.RpcError as error:
            info = details(error, error_details_pb2.ErrorInfo())
            lost = error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
            later = info.metadata["retry"] == "true" if info.reason else lost
            if not later or attempt == attempts - 1:
                raise
            print(f"again after {error.code().name}: {error.details()}", file=sys.stderr)
            time.sleep(min(10, 0.25 * 2**attempt) * random.uniform(0.5, 1))


def alert(recipient, key):
    """A draft. The key is the number of the record in your own system: the same draft under it goes out once."""
    draft = publisher_pb2.Draft(idempotency_key=key)
    draft.label.kind = message_pb2.KIND_ALERT
    draft.label.category = message_pb2.CATEGORY_IPR
    draft.label.purpose = message_pb2.PURPOSE_CUSTOMS_CONTROL
    draft.label.classification = message_pb2.CLASSIFICATION_RESTRICTED
    draft.label.severity = message_pb2.SEVERITY_SEVERE
    draft.body.alert.texts.add(language="en", headline="Counterfeit brake pads")
    draft.body.alert.subjects.add(container="CSQU3054383")
    draft.to.agencies.append(recipient)
    return draft


def publish(channel, recipient):
    stub = publisher_pb2_grpc.PublisherStub(channel)
    request = publisher_pb2.PublishRequest(draft=alert(recipient, "first-python-client-1"))
    outcome = retried(stub.Publish, request).outcome
    print(outcome.message_id.hex(), outcome.WhichOneof("result"))
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
            # Here your program stores the delivery on its own disk, unless it has this message id.
            print(label.message_id.hex(), "from", label.origin, response.delivery.body.WhichOneof("content"))
            requests.put(subscriber_pb2.SubscribeRequest(ack=subscriber_pb2.Acknowledge(position=position)))
        elif response.HasField("caught_up"):
            requests.put(None)  # ends the requests; the gateway ends the stream once acknowledgements are durable


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] not in ("publish", "receive"):
        sys.exit(__doc__)
    with connect(*sys.argv[2:4]) as gateway:
        try:
            {"publish": publish, "receive": receive}[sys.argv[1]](gateway, sys.argv[4])
        except grpc.RpcError as problem:
            sys.exit(problem.details())  # what was wrong and what would be valid; for programs in the trailers
