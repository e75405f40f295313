package org.entente.gateway.rpc;

import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.ReadCapResponse;
import org.entente.proto.v1.WriteCapRequest;
import org.entente.proto.v1.WriteCapResponse;

/** CAP documents in and out, as clients ask for them. Calls block; safe for many threads. */
public interface CapBridge {
  /** What came of a request. */
  sealed interface Answer<T> {
    /** It is done, and this may be shown. */
    record Done<T>(T response) implements Answer<T> {
      /** Names nothing of what is shown. */
      @Override
      public String toString() {
        return "done";
      }
    }

    /** Nothing was shown. */
    record Refused<T>(Problem problem) implements Answer<T> {}
  }

  /** The draft that a document comes to; nothing is published, kept or recorded. */
  Answer<ReadCapResponse> read(ReadCapRequest request);

  /** A received message as a document; opened for a person, on record, as a search opens it. */
  Answer<WriteCapResponse> write(NodeName client, MessageId id, WriteCapRequest request);
}
