package org.entente.loadtests.baselines;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnectorFactory;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.MessageSender;

/** Two Artemis brokers: producer, broker, core bridge over TLS, broker, consumer. */
final class Artemis {
  private static final int CONFIRMED_BYTES = 1 << 20;

  /** The rate at which the gateways' FLASH is measured. */
  private static final int FLASH_RATE = 200;

  private Artemis() {}

  /** Measures; see {@link Task} for the arguments. */
  public static void main(String[] arguments) throws Exception {
    Task task = Task.of(arguments);
    Keys keys = Keys.elliptic(task.folder());
    String store = keys.store().toString();
    String trust = keys.trust().toString();
    int sync = DiskSync.nanos(task.folder());
    String near = Integer.toString(Child.freePort());
    String far = Integer.toString(Child.freePort());
    try (Child second = broker(task, "far", far, store, trust, sync);
        Child first = broker(task, "near", near, store, trust, sync, far)) {
      Answer answer =
          new Answer(
              "2.40.0; journal buffer timeout %,d ns from the disk's own sync time; the JDK's TLS"
                  .formatted(sync));
      measure(answer, task, ArtemisBroker.tls(store, trust), near, far);
      answer.print();
    }
    System.exit(0);
  }

  private static Child broker(
      Task task, String name, String port, String store, String trust, int sync, String... next)
      throws Exception {
    Path folder = Files.createDirectories(task.folder().resolve(name));
    String[] arguments = new String[5 + next.length];
    arguments[0] = folder.toString();
    arguments[1] = port;
    arguments[2] = store;
    arguments[3] = trust;
    arguments[4] = Integer.toString(sync);
    System.arraycopy(next, 0, arguments, 5, next.length);
    return Child.java(ArtemisBroker.class, arguments);
  }

  private static void measure(
      Answer answer, Task task, Map<String, Object> tls, String near, String far) throws Exception {
    try (ServerLocator toNear = locator(near, tls);
        ServerLocator toFar = locator(far, tls);
        ClientSessionFactory nearFactory = toNear.createSessionFactory();
        ClientSessionFactory farFactory = toFar.createSessionFactory();
        ClientSession sending = nearFactory.createSession(true, true);
        ClientSession receiving = farFactory.createSession(true, true);
        ClientProducer producer = sending.createProducer(ArtemisBroker.QUEUE);
        ClientConsumer consumer = receiving.createConsumer(ArtemisBroker.QUEUE)) {
      Arrivals arrivals = new Arrivals();
      consumer.setMessageHandler(message -> take(message, arrivals));
      receiving.start();
      MeasuredContent content = new MeasuredContent(Task.BYTES);
      MessageSender sender = (first, count) -> send(sending, producer, content, first, count);
      answer.saturate("rate", "durable send, core client", sender, arrivals, Task.WINDOW, task);
      answer.pace(sender, arrivals, Task.LOW_RATE, task);
      Histogram unused = answer.percentiles(sender, arrivals, FLASH_RATE, task);
    }
  }

  /** Asynchronous sends and batched acknowledgements, the client's fast modes. */
  private static ServerLocator locator(String port, Map<String, Object> tls) throws Exception {
    return ActiveMQClient.createServerLocatorWithoutHA(
            new TransportConfiguration(
                NettyConnectorFactory.class.getName(), ArtemisBroker.at(port, tls)))
        .setBlockOnDurableSend(false)
        .setBlockOnAcknowledge(false)
        .setConfirmationWindowSize(CONFIRMED_BYTES)
        .setProducerWindowSize(-1);
  }

  private static void send(
      ClientSession session,
      ClientProducer producer,
      MeasuredContent content,
      long first,
      int count) {
    try {
      for (int i = 0; i < count; i++) {
        ClientMessage message = session.createMessage(true);
        message.getBodyBuffer().writeBytes(content.of(first + i, 1));
        producer.send(message);
      }
    } catch (ActiveMQException e) {
      throw new MeasurementFailure("a message was not sent: " + e.getMessage(), e);
    }
  }

  private static void take(ClientMessage message, Arrivals arrivals) {
    byte[] bytes = new byte[message.getBodyBuffer().readableBytes()];
    message.getBodyBuffer().readBytes(bytes);
    try {
      message.acknowledge();
      arrivals.arrived(MeasuredContent.number(ByteBuffer.wrap(bytes)));
    } catch (ActiveMQException e) {
      arrivals.failed("a message was not acknowledged: " + e.getMessage());
    }
  }
}
