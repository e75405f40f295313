package org.entente.gateway.rpc.server;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Counts the elements of messages before they are parsed, as {@link ElementCount} explains. What a
 * message unusually needs is held by the account of its sender.
 */
final class ElementLimit {
  /** Shorter requests of a client need little: a hundred of them, unfolded, 13 MiB. */
  static final int SMALL_REQUEST_BYTES = 4 << 10;

  private ElementLimit() {}

  /** The type of a method's requests; null if unknown. */
  static @Nullable Descriptor requests(MethodDescriptor<?, ?> method) {
    return method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema
        ? schema.getMethodDescriptor().getInputType()
        : null;
  }

  /**
   * The problem of a client's request that may not be parsed, if it has one.
   *
   * @param request supports marks, and is read from its start afterwards
   * @param account of the call
   * @throws InvalidProtocolBufferException if it is malformed
   */
  static Optional<Problem> ofRequest(
      InputStream request, Descriptor type, @Nullable InboundCount account) throws IOException {
    int most = ElementCount.MOST_OF_A_REQUEST;
    return request.available() <= SMALL_REQUEST_BYTES
        ? Optional.empty()
        : counted(request, type, account, most, "", "a request");
  }

  /** The problem of requests with too many elements. */
  static Problem tooMany(String field, String what, int most) {
    return new Problem(Code.LIMIT_REACHED, field, what + " may have at most " + most + " elements");
  }

  /**
   * The problem of a peer's message that may not be parsed, if it has one.
   *
   * @param account of the call; null if its port has none
   */
  static Optional<Problem> ofFrame(
      InputStream frame, Descriptor type, @Nullable InboundCount account) throws IOException {
    int most = ElementCount.MOST;
    return frame.available() <= ElementCount.SMALL_BYTES
        ? Optional.empty()
        : counted(frame, type, account, most, "frame", "a frame");
  }

  private static Optional<Problem> counted(
      InputStream message,
      Descriptor type,
      @Nullable InboundCount account,
      int most,
      String field,
      String what)
      throws IOException {
    long bytes = message.available();
    ElementCount count = new ElementCount(most);
    if (!reads(count, message, type)) {
      return Optional.of(tooMany(field, what, most));
    }
    long unusual = count.unusual(bytes);
    return account == null || unusual <= 0
        ? Optional.empty()
        : Optional.ofNullable(account.unfolds(unusual));
  }

  private static boolean reads(ElementCount count, InputStream message, Descriptor type)
      throws IOException {
    message.mark(Integer.MAX_VALUE);
    try {
      return count.takes(type, CodedInputStream.newInstance(message));
    } finally {
      message.reset();
    }
  }

  /**
   * A marshaller for what a peer answers on calls of this gateway. A message beyond a limit ends
   * its call.
   */
  static <T> MethodDescriptor.Marshaller<T> answers(
      MethodDescriptor.Marshaller<T> inner, Descriptor type, InboundCount account) {
    return new MethodDescriptor.Marshaller<>() {
      @Override
      public InputStream stream(T value) {
        return inner.stream(value);
      }

      @Override
      public T parse(InputStream stream) {
        try {
          Optional<Problem> problem = ofFrame(stream, type, account);
          if (problem.isPresent()) {
            throw StatusMapper.exception(problem.get());
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return inner.parse(ClosedAtEnd.of(stream));
      }
    };
  }

  /** Closes a stream when its last byte was read, as its buffers are kept since its mark. */
  static final class ClosedAtEnd extends FilterInputStream implements KnownLength {
    private ClosedAtEnd(InputStream in) {
      super(in);
    }

    /** The stream itself if it is small and has no mark. */
    static InputStream of(InputStream in) throws UncheckedIOException {
      try {
        return in.available() <= ElementCount.SMALL_BYTES ? in : new ClosedAtEnd(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      closeAtEnd();
      return read;
    }

    @Override
    public int read(byte[] bytes, int at, int most) throws IOException {
      int read = super.read(bytes, at, most);
      closeAtEnd();
      return read;
    }

    @Override
    public long skip(long most) throws IOException {
      long skipped = super.skip(most);
      closeAtEnd();
      return skipped;
    }

    private void closeAtEnd() throws IOException {
      if (in.available() == 0) {
        in.close();
      }
    }
  }
}
