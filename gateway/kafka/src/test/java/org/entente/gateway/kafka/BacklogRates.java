package org.entente.gateway.kafka;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.Main;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.proto.v1.Delivery;

/**
 * Messages a second of one backlog: delivered to a client that only acknowledges, and written by
 * {@code entente kafka follow} into a topic, where a reader of committed records counts them. The
 * gateway holds the backlog and nothing else; each turn reads all of it. {@code load-tests/run
 * --only kafka} runs this class as a program.
 */
final class BacklogRates {
  private static final int PARTITIONS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** The bridge's JVM as {@code ./entente} starts it, and the broker's with both compilers too. */
  private static final List<String> WARM = List.of("-XX:TieredStopAtLevel=4", "-Xmx512m");

  private final Broker broker;
  private final String gateway;
  private final Path credentials;
  private final int messages;
  private final Path folder;

  /** Of one turn, messages a second. */
  record Turn(double delivered, double written) {}

  /** A record that was read. */
  private record Written(String key, long at) {}

  /**
   * Rates that are not measured yet.
   *
   * @param gateway host and port of the client port of the gateway that holds the backlog
   * @param credentials folder of a client with the scope {@code subscribe}
   * @param messages length of the backlog
   * @param folder for the bridge's output
   */
  BacklogRates(Broker broker, String gateway, Path credentials, int messages, Path folder) {
    this.broker = broker;
    this.gateway = gateway;
    this.credentials = credentials;
    this.messages = messages;
    this.folder = folder;
  }

  /**
   * Measures turns and prints {@code delivered} and {@code written} of each as one JSON object.
   *
   * @param args new folder, gateway, credentials, messages, turns
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    ObjectNode answer = JsonText.object();
    ArrayNode delivered = answer.putArray("delivered");
    ArrayNode written = answer.putArray("written");
    try (Broker broker = Broker.start(folder, WARM)) {
      BacklogRates rates =
          new BacklogRates(broker, args[1], Path.of(args[2]), Integer.parseInt(args[3]), folder);
      // The gateway has not read a backlog before.
      double unused = rates.delivered("warm-up");
      for (int i = 1; i <= Integer.parseInt(args[4]); i++) {
        Turn turn = rates.turn(i);
        delivered.add(turn.delivered);
        written.add(turn.written);
      }
    }
    System.out.println(answer);
  }

  /**
   * Measures one turn.
   *
   * @param number of which subscriptions and the topic have their names
   * @throws AssertionError if a message is missing or repeated in the topic
   */
  Turn turn(int number) throws Exception {
    return new Turn(delivered("plain-" + number), written("backlog-" + number));
  }

  /** From the first to the last delivery of a client that only acknowledges. */
  private double delivered(String subscription) throws InterruptedException {
    int taken = 0;
    long first = 0;
    long last = 0;
    ManagedChannel channel = Channels.open(gateway, Credentials.in(credentials));
    try (DeliveryStream stream = DeliveryStream.open(channel, subscription)) {
      while (taken < messages) {
        List<Delivery> some = stream.take(PATIENCE);
        // The first response says only that the subscription is open.
        if (some.isEmpty() && last > 0) {
          throw new AssertionError(taken + " of " + messages + " messages were delivered");
        }
        last = System.nanoTime();
        first = taken == 0 ? last : first;
        taken += some.size();
        stream.acknowledge(some);
      }
      stream.finish();
    } finally {
      channel.shutdownNow();
    }
    return messages * (double) TimeUnit.SECONDS.toNanos(1) / Math.max(1, last - first);
  }

  /** From the first record, by the producer's clock, until a reader has the last committed one. */
  private double written(String topic) throws Exception {
    broker.create(topic, PARTITIONS);
    AtomicLong end = new AtomicLong();
    List<Written> records;
    try (JavaProcess follow = follow(topic)) {
      long until = System.nanoTime() + PATIENCE.toNanos();
      records =
          broker.read(
              topic,
              one -> new Written(Bridge.key(one), one.timestamp()),
              all -> all.size() >= messages && end.updateAndGet(BacklogRates::now) > 0,
              () -> System.nanoTime() > until || !follow.isAlive());
      if (records.size() != messages || keys(records).size() != messages) {
        throw new AssertionError(
            "%d records of %d messages, not %d; the bridge said: %s"
                .formatted(records.size(), keys(records).size(), messages, follow.output()));
      }
      int code = follow.stop();
      if (code != JavaProcess.STOPPED) {
        throw new AssertionError("exit code " + code + ": " + follow.output());
      }
    }
    long begin = records.stream().mapToLong(Written::at).min().orElseThrow();
    return messages * (double) TimeUnit.SECONDS.toMillis(1) / Math.max(1, end.get() - begin);
  }

  /** The time at which the reader had all for the first time. */
  private static long now(long before) {
    return before > 0 ? before : System.currentTimeMillis();
  }

  private static Set<String> keys(List<Written> records) {
    Set<String> keys = new HashSet<>();
    records.forEach(one -> keys.add(one.key));
    return keys;
  }

  private JavaProcess follow(String topic) throws Exception {
    return JavaProcess.start(
        folder.resolve(topic + ".log"),
        WARM,
        Main.class.getName(),
        Bridge.command(
            gateway,
            credentials,
            broker.plainClient(),
            Bridge.following(topic, topic, "PROTOBUF")));
  }
}
