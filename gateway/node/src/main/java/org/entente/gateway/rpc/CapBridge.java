package org.entente.gateway.rpc;

import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.ReadCapResponse;
import org.entente.proto.v1.WriteCapRequest;
import org.entente.proto.v1.WriteCapResponse;

/** Conversion to and from CAP documents for clients. Calls block; safe for many threads. */
public interface CapBridge {
  /** The answer to a request. */
  sealed interface Answer<T> {
    /** The request succeeded with this response. */
    record Done<T>(T response) implements Answer<T> {
      /** Reveals nothing of the response. */
      @Override
      public String toString() {
        return "done";
      }
    }

    /** The request was refused. */
    record Refused<T>(Problem problem) implements Answer<T> {}
  }

  /** Converts a document to a draft; publishes, keeps and records nothing. */
  Answer<ReadCapResponse> read(ReadCapRequest request);

  /**
   * Converts a received message to a document. Opened for a person and recorded in the audit log,
   * as by a search.
   */
  Answer<WriteCapResponse> write(NodeName client, MessageId id, WriteCapRequest request);
}
