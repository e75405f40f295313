package org.entente.gateway.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes of the files that all nodes should have alike, exchanged over the port and the TLS of
 * Raft. Of the trust bundle nodes also exchange the content, since its signatures show whether
 * another one may have it. Safe for many threads.
 *
 * <pre>
 * question · SHA-256 of the asking node's trust bundle (32)
 * answer   · count (1) · for each: name, as text · hash, as text · trust bundle, if that is another
 * text     · length (1) · ASCII
 * </pre>
 */
final class FileHashes {
  static final String SERVICE = "entente.cluster.Files";

  private static final Logger LOG = LoggerFactory.getLogger(FileHashes.class);
  private static final MethodDescriptor<byte[], byte[]> HASHES =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Hashes"))
          .setRequestMarshaller(new CopyTransfer.Bytes())
          .setResponseMarshaller(new CopyTransfer.Bytes())
          .build();

  private final Map<String, Told> others = new ConcurrentHashMap<>();
  private volatile Told own = new Told(Map.of(), new byte[0]);

  /**
   * What a node tells.
   *
   * @param bundle its trust bundle; empty if the asking node has the same
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Told(Map<String, String> hashes, byte[] bundle) {}

  /** What the other nodes are told from now on. */
  void own(Map<String, String> hashes, byte[] bundle) {
    own = new Told(Map.copyOf(hashes), bundle.clone());
  }

  /** The service that tells this node's hashes. */
  ServerServiceDefinition service() {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(HASHES, ServerCalls.asyncUnaryCall(this::answer))
        .build();
  }

  private void answer(byte[] question, StreamObserver<byte[]> response) {
    Told told = own;
    boolean same = Arrays.equals(question, Sha256.hash(told.bundle));
    response.onNext(encode(same ? new Told(told.hashes, new byte[0]) : told));
    response.onCompleted();
  }

  /** Asks another node. Does not wait; a node that does not answer differs in nothing. */
  void ask(String node, Channel channel, Duration patience) {
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            HASHES,
            CallOptions.DEFAULT.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)),
        Sha256.hash(own.bundle),
        new Answer(node));
  }

  private final class Answer implements StreamObserver<byte[]> {
    private final String node;

    Answer(String node) {
      this.node = node;
    }

    @Override
    public void onNext(byte[] answer) {
      others.put(node, decode(answer));
    }

    @Override
    public void onError(Throwable failure) {
      LOG.debug("node {} did not tell the hashes of its files", node, failure);
      others.remove(node);
    }

    @Override
    public void onCompleted() {
      // The answer has come.
    }
  }

  /** Names of the files that differ from this node's, by the node that has them so. */
  Map<String, List<String>> differing() {
    Map<String, String> mine = own.hashes;
    Map<String, List<String>> differing = new TreeMap<>();
    others.forEach(
        (node, theirs) -> {
          List<String> names = differing(mine, theirs.hashes);
          if (!names.isEmpty()) {
            differing.put(node, names);
          }
        });
    return differing;
  }

  private static List<String> differing(Map<String, String> mine, Map<String, String> theirs) {
    if (mine.isEmpty() || theirs.isEmpty()) {
      // One of the two has just started.
      return List.of();
    }
    return Stream.concat(mine.keySet().stream(), theirs.keySet().stream())
        .filter(name -> !Objects.equals(mine.get(name), theirs.get(name)))
        .distinct()
        .sorted()
        .toList();
  }

  /** Trust bundles of other nodes that are not this node's, as last told; not verified. */
  List<byte[]> otherBundles() {
    return others.values().stream().map(Told::bundle).filter(bundle -> bundle.length > 0).toList();
  }

  private static byte[] encode(Told told) {
    KeyBuilder out = KeyBuilder.key().u8(told.hashes.size());
    new TreeMap<>(told.hashes).forEach((name, hash) -> out.ascii(name).ascii(hash));
    return out.bytes(told.bundle).done();
  }

  private static Told decode(byte[] bytes) {
    KeyReader in = KeyReader.of(bytes);
    int count = in.u8();
    Map<String, String> hashes = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      hashes.put(in.ascii(), in.ascii());
    }
    return new Told(hashes, in.rest());
  }
}
