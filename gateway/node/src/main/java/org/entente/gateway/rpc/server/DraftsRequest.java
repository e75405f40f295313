package org.entente.gateway.rpc.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.grpc.Context;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.ProtoBytes;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.PublishStreamRequest;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PublishStreamRequest} whose drafts are parsed separately, so that a malformed one
 * affects neither the others nor the stream.
 *
 * @param entries in order; a single one without key if the request cannot be divided into drafts,
 *     or has too much in it
 */
public record DraftsRequest(List<Entry> entries) {
  /** Most drafts in a request. */
  public static final int TOGETHER = 256;

  private static final Problem TOO_MANY =
      new Problem(
          Code.LIMIT_REACHED, "drafts", "a request may have at most " + TOGETHER + " drafts");
  private static final Problem TOO_MANY_ELEMENTS =
      ElementLimit.tooMany("drafts", "a request", ElementCount.MOST_OF_A_REQUEST);

  private static final int DRAFTS =
      PublishStreamRequest.DRAFTS_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int KEY =
      Draft.IDEMPOTENCY_KEY_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  /** The marshaller for gRPC. */
  public static final MethodDescriptor.Marshaller<DraftsRequest> MARSHALLER =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(DraftsRequest request) {
          throw new UnsupportedOperationException("a gateway does not send drafts");
        }

        @Override
        public DraftsRequest parse(InputStream stream) {
          try {
            return DraftsRequest.parse(bytes(stream), MessageBuffers.of(Context.current()));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  /**
   * One draft as received.
   *
   * @param draft the draft; if it was not parsed, only its key, if readable
   * @param bytes its encoded size
   * @param unparsed why it was not parsed, or null
   */
  public record Entry(Draft draft, int bytes, @Nullable Problem unparsed) {}

  /** What the parsed drafts of a request need. */
  private static final class Memory {
    private final ElementCount elements = new ElementCount(ElementCount.MOST_OF_A_REQUEST);
    private final @Nullable InboundCount account;
    private long bytes;
    private long held;

    Memory(@Nullable InboundCount account) {
      this.account = account;
    }

    /** Whether a draft, with those before it, is within the limit on elements. */
    boolean takes(byte[] request, int at, int length) throws IOException {
      bytes += length;
      return elements.takes(
          Draft.getDescriptor(), CodedInputStream.newInstance(request, at, length));
    }

    /** The problem if the account may not hold what the drafts so far unusually need. */
    @Nullable Problem hold() {
      long more = elements.unusual(bytes) - held;
      Problem problem = account == null || more <= 0 ? null : account.unfolds(more);
      held += problem == null ? Math.max(0, more) : 0;
      return problem;
    }
  }

  private static byte[] bytes(InputStream stream) throws IOException {
    if (!(stream instanceof KnownLength)) {
      return stream.readAllBytes();
    }
    byte[] bytes = new byte[stream.available()];
    int unused = stream.readNBytes(bytes, 0, bytes.length);
    return bytes;
  }

  static DraftsRequest parse(byte[] bytes, @Nullable InboundCount account) {
    List<Entry> entries = new ArrayList<>();
    // Counted and parsed draft by draft, so that a malformed one affects no other.
    Memory memory = bytes.length > ElementLimit.SMALL_REQUEST_BYTES ? new Memory(account) : null;
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == DRAFTS) {
          int length = in.readRawVarint32();
          int at = in.getTotalBytesRead();
          in.skipRawBytes(length);
          if (entries.size() == TOGETHER) {
            return refused(bytes, TOO_MANY);
          }
          Entry entry = entry(bytes, at, length, memory);
          if (entry == null) {
            return refused(bytes, TOO_MANY_ELEMENTS);
          }
          entries.add(entry);
        } else if (!in.skipField(tag)) {
          throw new InvalidProtocolBufferException("ends a group that did not begin");
        }
      }
    } catch (IOException e) {
      return refused(bytes, MessageFault.in(PublishStreamRequest.getDescriptor(), bytes));
    }
    return new DraftsRequest(entries);
  }

  private static DraftsRequest refused(byte[] bytes, Problem problem) {
    return new DraftsRequest(List.of(new Entry(Draft.getDefaultInstance(), bytes.length, problem)));
  }

  /** The draft; null if the elements of the request, as far as it was read, are too many. */
  private static @Nullable Entry entry(byte[] bytes, int at, int length, @Nullable Memory memory) {
    try {
      if (memory != null) {
        if (!memory.takes(bytes, at, length)) {
          return null;
        }
        Problem full = memory.hold();
        if (full != null) {
          return unparsed(Arrays.copyOfRange(bytes, at, at + length), full);
        }
      }
      // Its body is a part of the request, which lives until its drafts are sealed.
      return new Entry(ProtoBytes.parse(Draft.parser(), bytes, at, length), length, null);
    } catch (IOException e) {
      byte[] draft = Arrays.copyOfRange(bytes, at, at + length);
      return unparsed(draft, MessageFault.in(Draft.getDescriptor(), draft));
    }
  }

  private static Entry unparsed(byte[] draft, Problem problem) {
    return new Entry(
        Draft.newBuilder().setIdempotencyKey(key(draft)).build(), draft.length, problem);
  }

  /** The key of a draft that was not parsed; empty if it cannot be read. */
  private static String key(byte[] draft) {
    ByteString key = ByteString.EMPTY;
    CodedInputStream in = CodedInputStream.newInstance(draft);
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == KEY) {
          key = in.readBytes();
        } else if (!in.skipField(tag)) {
          break;
        }
      }
    } catch (IOException e) {
      // Use what was read before the fault: libraries write the key first.
    }
    return key.isValidUtf8() ? key.toStringUtf8() : "";
  }
}
