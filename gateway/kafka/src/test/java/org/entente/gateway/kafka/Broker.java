package org.entente.gateway.kafka;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.entente.gateway.testkit.LoopbackPort;
import org.jspecify.annotations.Nullable;

/**
 * A broker of Kafka in KRaft mode, in a process of its own, that is killed and started again. It
 * listens without TLS, and with TLS and SASL/PLAIN.
 */
final class Broker implements AutoCloseable {
  static final String PASSWORD = "only-for-tests";

  private final Path folder;
  private final int plain;
  private final int secured;
  private final Path configuration;
  private final List<String> options;
  private @Nullable JavaProcess process;

  private Broker(Path folder, int plain, int secured, List<String> options) {
    this.folder = folder;
    this.plain = plain;
    this.secured = secured;
    this.options = options;
    this.configuration = folder.resolve("server.properties");
  }

  /** Starts a broker; returns once it answers. */
  static Broker start(Path folder) throws Exception {
    return start(folder, List.of());
  }

  /** The same with further options for its JVM. */
  static Broker start(Path folder, List<String> options) throws Exception {
    int plain = LoopbackPort.next();
    int secured = LoopbackPort.next();
    while (secured == plain) {
      // Nobody holds the first one yet.
      secured = LoopbackPort.next();
    }
    Broker broker = new Broker(folder, plain, secured, options);
    broker.mint();
    Files.writeString(broker.configuration, broker.settings(LoopbackPort.next()));
    List<String> format =
        List.of(
            "format", "-t", Uuid.randomUuid().toString(), "-c", broker.configuration.toString());
    try (PrintStream log = new PrintStream(folder.resolve("format.log").toFile(), "UTF-8")) {
      int failed = StorageTool.execute(format.toArray(String[]::new), log);
      if (failed != 0) {
        throw new IOException(Files.readString(folder.resolve("format.log")));
      }
    }
    broker.start();
    return broker;
  }

  private String settings(int controller) {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@127.0.0.1:%1$d
    controller.listener.names=CONTROLLER
    listeners=PLAINTEXT://127.0.0.1:%2$d,SASL_SSL://127.0.0.1:%3$d,CONTROLLER://127.0.0.1:%1$d
    listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL
    inter.broker.listener.name=PLAINTEXT
    sasl.enabled.mechanisms=PLAIN
    listener.name.sasl_ssl.plain.sasl.jaas.config=\
    org.apache.kafka.common.security.plain.PlainLoginModule required user_bridge="%4$s";
    ssl.keystore.location=%5$s/broker.p12
    ssl.keystore.type=PKCS12
    ssl.keystore.password=%4$s
    log.dirs=%5$s/log
    auto.create.topics.enable=false
    offsets.topic.num.partitions=1
    offsets.topic.replication.factor=1
    transaction.state.log.num.partitions=1
    transaction.abort.timed.out.transaction.cleanup.interval.ms=500
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    group.initial.rebalance.delay.ms=0
    """
        .formatted(controller, plain, secured, PASSWORD, folder);
  }

  /** A key for its TLS listener, by the JDK's keytool. */
  private void mint() throws Exception {
    Path keystore = folder.resolve("broker.p12");
    keytool(
        "-genkeypair",
        "-alias",
        "broker",
        "-keyalg",
        "EC",
        "-dname",
        "CN=broker",
        "-validity",
        "2",
        "-ext",
        "san=ip:127.0.0.1",
        "-storetype",
        "PKCS12",
        "-keystore",
        keystore.toString(),
        "-storepass",
        PASSWORD);
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "broker",
        "-keystore",
        keystore.toString(),
        "-storepass",
        PASSWORD,
        "-file",
        folder.resolve("broker.pem").toString());
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(said);
    }
  }

  /** Starts it, or starts it again; returns once it answers. */
  void start() throws Exception {
    JavaProcess started =
        JavaProcess.start(
            folder.resolve("broker.log"),
            options,
            "kafka.Kafka",
            List.of(configuration.toString()));
    process = started;
    long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!answers()) {
      if (!started.isAlive() || System.nanoTime() > until) {
        throw new AssertionError("the broker does not answer: " + started.output());
      }
    }
  }

  private boolean answers() throws InterruptedException {
    try (Admin admin = admin(Map.of(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "2000"))) {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (ExecutionException e) {
      return false;
    }
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    JavaProcess running = process;
    if (running != null) {
      running.kill();
    }
  }

  String address() {
    return "127.0.0.1:" + plain;
  }

  /** A file with a client's settings. */
  Path plainClient(String... more) throws IOException {
    return client(
        "plain-" + more.length + ".properties",
        "bootstrap.servers=" + address() + "\n" + String.join("\n", more));
  }

  /** The same of a client that takes a broker for lost within two seconds. */
  Path impatientClient() throws IOException {
    return plainClient(
        "request.timeout.ms=1000",
        "delivery.timeout.ms=2000",
        "max.block.ms=2000",
        "metadata.max.age.ms=500",
        "linger.ms=0");
  }

  /** The same over TLS, with a password. */
  Path securedClient(String password) throws IOException {
    return client(
        "secured.properties",
        """
        bootstrap.servers=127.0.0.1:%d
        security.protocol=SASL_SSL
        sasl.mechanism=PLAIN
        sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
        username="bridge" password="%s";
        ssl.truststore.type=PEM
        ssl.truststore.location=%s
        """
            .formatted(secured, password, folder.resolve("broker.pem")));
  }

  Path client(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Admin admin(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address());
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "2000");
    return Admin.create(settings);
  }

  void create(String topic, int partitions) throws Exception {
    create(topic, partitions, Map.of());
  }

  void create(String topic, int partitions, Map<String, String> settings) throws Exception {
    try (Admin admin = admin(Map.of())) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings)))
          .all()
          .get();
    }
  }

  /** Returns once a group has offsets. */
  void awaitGroup(String group) throws Exception {
    long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    try (Admin admin = admin(Map.of())) {
      while (!hasOffsets(admin, group)) {
        assertTrue(System.nanoTime() < until, "the group has no offsets after a minute");
      }
    }
  }

  private static boolean hasOffsets(Admin admin, String group) throws Exception {
    try {
      return !admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().isEmpty();
    } catch (ExecutionException e) {
      return false;
    }
  }

  void delete(String topic) throws Exception {
    try (Admin admin = admin(Map.of())) {
      admin.deleteTopics(List.of(topic)).all().get();
    }
  }

  /** Writes records without keys to a topic. */
  void write(String topic, List<byte[]> values) throws Exception {
    writeRecords(
        values.stream().map(one -> new ProducerRecord<byte[], byte[]>(topic, one)).toList());
  }

  void writeRecords(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (ProducerRecord<byte[], byte[]> one : records) {
        producer.send(one).get();
      }
    }
  }

  /** How many records were written to a topic, marks of transactions included. */
  long end(String topic) {
    try (Consumer<byte[], byte[]> consumer = consumer()) {
      return consumer.endOffsets(partitions(consumer, topic)).values().stream()
          .mapToLong(Long::longValue)
          .sum();
    }
  }

  private Consumer<byte[], byte[]> consumer() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", address());
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(one -> new TopicPartition(topic, one.partition()))
        .toList();
  }

  /**
   * What is committed in a topic, partition by partition, once it is as expected.
   *
   * @param hopeless whether nothing more can come
   */
  List<ConsumerRecord<byte[], byte[]>> read(
      String topic,
      Predicate<List<ConsumerRecord<byte[], byte[]>>> expected,
      BooleanSupplier hopeless) {
    return read(topic, Function.identity(), expected, hopeless);
  }

  /** The same, of which only a part of each record is kept. */
  <T> List<T> read(
      String topic,
      Function<ConsumerRecord<byte[], byte[]>, T> part,
      Predicate<List<T>> expected,
      BooleanSupplier hopeless) {
    List<T> records = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> all = partitions(consumer, topic);
      consumer.assign(all);
      consumer.seekToBeginning(all);
      while (!expected.test(records) && !hopeless.getAsBoolean()) {
        consumer.poll(Duration.ofMillis(200)).forEach(one -> records.add(part.apply(one)));
      }
      // What should not be there would follow.
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (all.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
        consumer.poll(Duration.ofMillis(200)).forEach(one -> records.add(part.apply(one)));
      }
    }
    return records;
  }

  @Override
  public void close() {
    JavaProcess running = process;
    if (running != null) {
      running.close();
    }
  }
}
