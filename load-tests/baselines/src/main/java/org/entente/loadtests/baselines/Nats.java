package org.entente.loadtests.baselines;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.Mirror;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.MessageSender;

/**
 * Two NATS servers: publisher, JetStream on a leaf node, leaf node connection over TLS, JetStream
 * that mirrors it, consumer. Needs {@code nats-server} on the path.
 */
final class Nats {
  private static final String SERVER = "nats-server";
  private static final String STREAM = "ALERTS";
  private static final String SUBJECT = "alerts";
  private static final String NEAR = "near";
  private static final String FAR = "far";
  private static final long START_SECONDS = 30;
  private static final int MOST_UNACKNOWLEDGED = 10_000;

  /**
   * Bound of the queue; each message is synced separately, so a longer queue would only time out.
   */
  private static final int WINDOW = 1_024;

  private static final int DELIVERIES_AN_ACKNOWLEDGEMENT = 64;

  private Nats() {}

  /** Measures; see {@link Task} for the arguments. */
  public static void main(String[] arguments) throws Exception {
    Task task = Task.of(arguments);
    String program = Child.onPath(SERVER);
    if (program.isEmpty()) {
      Answer.absent("there is no " + SERVER + " on the path");
      return;
    }
    Keys keys = Keys.elliptic(task.folder());
    int near = Child.freePort();
    int far = Child.freePort();
    int leaf = Child.freePort();
    Path farFile =
        NatsConfiguration.write(
            task.folder(), FAR, far, keys, NatsConfiguration.listening(leaf, keys));
    Path nearFile =
        NatsConfiguration.write(
            task.folder(), NEAR, near, keys, NatsConfiguration.dialling(leaf, keys));
    try (Child second = Child.program(program, "-c", farFile.toString());
        Child first = Child.program(program, "-c", nearFile.toString());
        Connection sending = connect(near, keys);
        Connection receiving = connect(far, keys)) {
      Answer answer = new Answer(sending.getServerInfo().getVersion() + "; jnats 2.20.5");
      measure(answer, task, sending, receiving);
      answer.print();
    }
    System.exit(0);
  }

  /** Tries until the server listens. */
  private static Connection connect(int port, Keys keys) throws Exception {
    Options options =
        Options.builder()
            .server("tls://127.0.0.1:" + port)
            .sslContext(keys.context())
            .connectionTimeout(Duration.ofSeconds(2))
            .maxReconnects(0)
            .build();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try {
        return io.nats.client.Nats.connect(options);
      } catch (IOException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private static void measure(Answer answer, Task task, Connection sending, Connection receiving)
      throws Exception {
    sending
        .jetStreamManagement()
        .addStream(
            StreamConfiguration.builder()
                .name(STREAM)
                .subjects(SUBJECT)
                .storageType(StorageType.File)
                .build());
    mirror(receiving.jetStreamManagement());
    Arrivals arrivals = new Arrivals();
    subscribe(receiving, arrivals);
    JetStream stream =
        sending.jetStream(
            JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(START_SECONDS)).build());
    MeasuredContent content = new MeasuredContent(Task.BYTES);
    MessageSender sender =
        (first, count) -> {
          for (int i = 0; i < count; i++) {
            publish(stream, content.of(first + i, 1), arrivals);
          }
        };
    answer.saturate("rate", "asynchronous publish", sender, arrivals, WINDOW, task);
    answer.pace(sender, arrivals, Task.LOW_RATE, task);
  }

  /** Tries until the leaf node is connected, without which the other domain is not known. */
  private static void mirror(JetStreamManagement management) throws Exception {
    StreamConfiguration mirror =
        StreamConfiguration.builder()
            .name(STREAM)
            .mirror(Mirror.builder().name(STREAM).domain(NEAR).build())
            .storageType(StorageType.File)
            .build();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try {
        management.addStream(mirror);
        return;
      } catch (JetStreamApiException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private static void publish(JetStream stream, byte[] message, Arrivals arrivals) {
    stream
        .publishAsync(SUBJECT, message)
        .whenComplete(
            (acknowledgement, failure) -> {
              if (failure != null) {
                arrivals.failed("a message was not taken: " + failure);
              }
            });
  }

  private static void subscribe(Connection receiving, Arrivals arrivals) throws Exception {
    AtomicInteger unacknowledged = new AtomicInteger();
    ConsumerConfiguration consumer =
        ConsumerConfiguration.builder()
            .durable("bench")
            .ackPolicy(AckPolicy.All)
            .maxAckPending(MOST_UNACKNOWLEDGED)
            .build();
    receiving
        .jetStream()
        .subscribe(
            SUBJECT,
            receiving.createDispatcher(),
            message -> take(message, arrivals, unacknowledged),
            false,
            PushSubscribeOptions.builder().stream(STREAM).configuration(consumer).build());
    receiving.flush(Duration.ofSeconds(START_SECONDS));
  }

  private static void take(Message message, Arrivals arrivals, AtomicInteger unacknowledged) {
    try {
      if (unacknowledged.incrementAndGet() >= DELIVERIES_AN_ACKNOWLEDGEMENT) {
        unacknowledged.set(0);
        message.ack();
      }
      arrivals.arrived(MeasuredContent.number(ByteBuffer.wrap(message.getData())));
    } catch (IllegalStateException e) {
      throw new MeasurementFailure("a message was not acknowledged", e);
    }
  }
}
