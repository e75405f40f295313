package org.entente.loadtests.testkit;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.traffic.PeerTls;
import org.entente.loadtests.traffic.RawBytes;
import org.jspecify.annotations.Nullable;

/**
 * Stands between one who dials and one who answers, has the keys of both, and writes down what they
 * say inside TLS: every gRPC message, and all metadata, as the one who answers decrypts it. Changes
 * nothing, so both believe that they speak to each other.
 *
 * <p>Passes messages on as they come, without back pressure: for the little that a test sends.
 */
public final class Tap implements AutoCloseable {
  private static final long CLOSE_SECONDS = 10;
  private static final int MESSAGE_BYTES = 64 << 20;
  private static final long PING_SECONDS = 5;

  private final ManagedChannel onward;
  private final Server server;
  private final List<byte[]> toAnswerer = new ArrayList<>();
  private final List<byte[]> toDialler = new ArrayList<>();
  private final List<byte[]> metadata = new ArrayList<>();

  private Tap(ManagedChannel onward, Credentials shown) throws IOException {
    this.onward = onward;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(PeerTls.serving(shown))
            .maxInboundMessageSize(MESSAGE_BYTES)
            .permitKeepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .fallbackHandlerRegistry(new EveryMethod())
            .build()
            .start();
  }

  /**
   * Listens for the dialler.
   *
   * @param dialler certificate and key of who dials, with the authority that issued them
   * @param answerer the same of who answers
   * @param address where the answerer listens
   */
  public static Tap between(Credentials dialler, Credentials answerer, String address)
      throws IOException {
    Credentials asAnswerer =
        new Credentials(answerer.certificate(), answerer.key(), dialler.authority());
    Credentials asDialler =
        new Credentials(dialler.certificate(), dialler.key(), answerer.authority());
    return new Tap(Channels.open(address, asDialler), asAnswerer);
  }

  /** Where the dialler has to be sent instead. */
  public String address() {
    return "127.0.0.1:" + server.getPort();
  }

  /** Messages that the answerer was sent, so far. */
  public List<byte[]> toAnswerer() {
    return copy(toAnswerer);
  }

  /** Messages that the dialler was sent, so far. */
  public List<byte[]> toDialler() {
    return copy(toDialler);
  }

  /** All that was said either way: messages, and keys and values of metadata. */
  public byte[] everything() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (List<byte[]> kind : List.of(toAnswerer, toDialler, metadata)) {
      copy(kind).forEach(all::writeBytes);
    }
    return all.toByteArray();
  }

  private static List<byte[]> copy(List<byte[]> list) {
    synchronized (list) {
      return List.copyOf(list);
    }
  }

  private static void note(List<byte[]> list, byte[] said) {
    synchronized (list) {
      list.add(said);
    }
  }

  private void note(Metadata said) {
    for (String name : said.keys()) {
      note(metadata, name.getBytes(StandardCharsets.UTF_8));
      if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        Iterable<byte[]> values =
            said.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
        values.forEach(value -> note(metadata, value));
      } else {
        Iterable<String> values =
            said.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        values.forEach(value -> note(metadata, value.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  /** Ends all calls; those of both sides fail. */
  @Override
  public void close() {
    onward.shutdownNow();
    server.shutdownNow();
    try {
      onward.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class EveryMethod extends HandlerRegistry {
    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
      MethodDescriptor<byte[], byte[]> method =
          MethodDescriptor.<byte[], byte[]>newBuilder()
              .setType(MethodDescriptor.MethodType.UNKNOWN)
              .setFullMethodName(name)
              .setRequestMarshaller(new RawBytes())
              .setResponseMarshaller(new RawBytes())
              .build();
      return ServerMethodDefinition.create(method, this::pass);
    }

    private ServerCall.Listener<byte[]> pass(ServerCall<byte[], byte[]> from, Metadata headers) {
      note(headers);
      ClientCall<byte[], byte[]> to =
          onward.newCall(from.getMethodDescriptor(), CallOptions.DEFAULT);
      to.start(new Answers(from, to), headers);
      to.request(1);
      from.request(1);
      return new Requests(from, to);
    }
  }

  private final class Requests extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> from;
    private final ClientCall<byte[], byte[]> to;

    Requests(ServerCall<byte[], byte[]> from, ClientCall<byte[], byte[]> to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public void onMessage(byte[] message) {
      note(toAnswerer, message);
      to.sendMessage(message);
      from.request(1);
    }

    @Override
    public void onHalfClose() {
      to.halfClose();
    }

    @Override
    public void onCancel() {
      to.cancel("the dialler has gone", null);
    }
  }

  private final class Answers extends ClientCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> from;
    private final ClientCall<byte[], byte[]> to;

    Answers(ServerCall<byte[], byte[]> from, ClientCall<byte[], byte[]> to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public void onHeaders(Metadata headers) {
      note(headers);
      from.sendHeaders(headers);
    }

    @Override
    public void onMessage(byte[] message) {
      note(toDialler, message);
      from.sendMessage(message);
      to.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      note(trailers);
      from.close(status, trailers);
    }
  }
}
