"""What checks.py has of a client beyond the quick start: it tells errors apart, and repeats calls.

The folder of the stubs, which protoc makes from the .proto files, is on PYTHONPATH (docs/integrate/quickstart.md).
"""
import random
import sys
import time
from pathlib import Path

import grpc
from entente.v1 import message_pb2, publisher_pb2
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
