package org.entente.gateway.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.entente.gateway.Main;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;

/** Runs {@code entente kafka} between a federation and a broker, and reads what it writes. */
final class Bridge {
  /**
   * After a kill the broker ends an open transaction after a minute, and slow machines take more.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final RunningFederation federation;
  private final Broker broker;
  private final Path folder;
  private int processes;

  Bridge(RunningFederation federation, Broker broker, Path folder) {
    this.federation = federation;
    this.broker = broker;
    this.folder = folder;
  }

  private static final PrivateKey CLIENT = client();

  private static PrivateKey client() {
    try {
      return KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The key of a progress topic of a client that is always the same. */
  static ProgressKey progressKey(String topic) {
    return ProgressKey.of(CLIENT, topic);
  }

  /** A command of an agency, whose gateway runs in this process. */
  List<String> command(String agency, Path settings, List<String> arguments) {
    return command(
        agency, federation.gateway(agency).clientAddress().getPort(), settings, arguments);
  }

  /** The same with a gateway that listens on a port. */
  List<String> command(String agency, int port, Path settings, List<String> arguments) {
    return command("127.0.0.1:" + port, federation.credentials(agency), settings, arguments);
  }

  /** The same with any gateway. */
  static List<String> command(
      String gateway, Path credentials, Path settings, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of("kafka"));
    all.addAll(arguments);
    all.addAll(
        List.of(
            "--kafka",
            settings.toString(),
            "--gateway",
            gateway,
            "--credentials",
            credentials.toString()));
    return all;
  }

  /** Starts a command in its own process. */
  JavaProcess start(List<String> command) throws IOException {
    processes++;
    return JavaProcess.start(
        folder.resolve("bridge-" + processes + ".log"), List.of(), Main.class.getName(), command);
  }

  /** Follows a subscription of an agency, in its own process. */
  JavaProcess follow(String agency, String topic) throws IOException {
    return start(command(agency, broker.plainClient(), following(topic, "PROTOBUF")));
  }

  /** Arguments that write a subscription to a topic. */
  static List<String> following(String topic, String format) {
    return following("lake", topic, format);
  }

  /** The same with a subscription of this name. */
  static List<String> following(String subscription, String topic, String format) {
    return List.of("follow", "--subscription", subscription, "--topic", topic, "--format", format);
  }

  /** What is committed in a topic, once it is as expected. */
  List<ConsumerRecord<byte[], byte[]>> await(
      String topic,
      RunningBridge bridge,
      Predicate<List<ConsumerRecord<byte[], byte[]>>> expected) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    List<ConsumerRecord<byte[], byte[]>> records =
        broker.read(topic, expected, () -> System.nanoTime() > until || !bridge.isAlive());
    if (!expected.test(records)) {
      throw new AssertionError(
          "%d records in %s; the bridge said: %s"
              .formatted(records.size(), topic, bridge.output()));
    }
    return records;
  }

  /** How often each key has a record with a value. */
  static Map<String, Integer> timesWritten(List<ConsumerRecord<byte[], byte[]>> records) {
    Map<String, Integer> times = new LinkedHashMap<>();
    for (ConsumerRecord<byte[], byte[]> one : records) {
      if (one.value() != null) {
        times.merge(key(one), 1, Integer::sum);
      }
    }
    return times;
  }

  static String key(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  static String hex(MessageId id) {
    return HexFormat.of().formatHex(id.bytes());
  }

  /** The text of a header; empty if there is none. */
  static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header found = record.headers().lastHeader(name);
    return found == null ? "" : new String(found.value(), StandardCharsets.UTF_8);
  }

  /** Each of these messages is in a topic, and once. */
  static void assertEachOnce(List<MessageId> sent, List<ConsumerRecord<byte[], byte[]>> records) {
    Map<String, Integer> expected = new LinkedHashMap<>();
    sent.forEach(id -> expected.put(hex(id), 1));
    Map<String, Integer> found = timesWritten(records);
    assertEquals(expected.keySet(), found.keySet());
    assertEquals(expected, found);
  }
}
