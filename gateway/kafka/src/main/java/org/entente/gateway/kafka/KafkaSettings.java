package org.entente.gateway.kafka;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.NameSuggestion;

/**
 * Kafka's own client settings, from a properties file: servers, TLS, SASL, sizes and times. A name
 * that no client of Kafka knows is an error, as Kafka itself would only warn. So are those on which
 * the program's guarantees depend. Immutable; never printed.
 */
final class KafkaSettings {
  /** Longest file, bytes. */
  private static final int MOST_BYTES = 1 << 20;

  /** Without a setting, how long the first call waits for a broker. */
  private static final String FIRST_ANSWER_MS = "15000";

  private static final Set<String> OWN =
      Set.of(
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.PARTITIONER_CLASS_CONFIG,
          ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
          ProducerConfig.TRANSACTION_TWO_PHASE_COMMIT_ENABLE_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);

  private final Map<String, String> values;

  private KafkaSettings(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /**
   * Reads a file.
   *
   * @throws UsageError naming the setting that is wrong
   */
  static KafkaSettings read(Path file) {
    String option = "--kafka: " + file;
    byte[] bytes = OptionFile.access(option, () -> OptionFile.start(file, MOST_BYTES));
    if (bytes.length > MOST_BYTES) {
      throw new UsageError(option + ": has more than " + MOST_BYTES + " bytes");
    }
    return of(option, new String(bytes, StandardCharsets.UTF_8));
  }

  static KafkaSettings of(String option, String text) {
    Map<String, String> values = new HashMap<>();
    parsed(option, text)
        .forEach((name, value) -> values.put(String.valueOf(name), String.valueOf(value).strip()));
    values.keySet().forEach(name -> check(option, name));
    checkValues(option, values);
    if (values.getOrDefault(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "").isEmpty()) {
      throw new UsageError(
          option + ": bootstrap.servers is missing; valid is a list such as broker1:9093");
    }
    return new KafkaSettings(values);
  }

  private static Properties parsed(String option, String text) {
    Properties read = new Properties();
    try (Reader in = new StringReader(text)) {
      read.load(in);
      return read;
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageError(option + ": is no properties file: " + e.getMessage(), e);
    }
  }

  private static void check(String option, String name) {
    if (OWN.contains(name)) {
      throw new UsageError(
          option + ": " + name + " cannot be set; the guarantees of entente kafka depend on it");
    }
    Set<String> known = known();
    if (!known.contains(name) && !isOfAPlugin(name)) {
      throw new UsageError(
          option
              + ": unknown setting \""
              + name
              + "\""
              + NameSuggestion.behind(name, known)
              + " (Kafka's settings of producers, consumers and admin clients are valid)");
    }
  }

  /** Before a broker is asked: Kafka's clients would say the same once they have found one. */
  private static void checkValues(String option, Map<String, String> values) {
    for (ConfigDef kind :
        List.of(
            ProducerConfig.configDef(),
            ConsumerConfig.configDef(),
            AdminClientConfig.configDef())) {
      for (ConfigValue one : kind.validate(values)) {
        if (values.containsKey(one.name()) && !one.errorMessages().isEmpty()) {
          throw new UsageError(option + ": " + TerminalText.printable(one.errorMessages().get(0)));
        }
      }
    }
  }

  /** Settings that Kafka hands to a metrics reporter. */
  private static boolean isOfAPlugin(String name) {
    return name.startsWith("metrics.");
  }

  private static Set<String> known() {
    Set<String> known = new TreeSet<>(ProducerConfig.configNames());
    known.addAll(ConsumerConfig.configNames());
    known.addAll(AdminClientConfig.configNames());
    return known;
  }

  /** Settings of an admin client. */
  Map<String, Object> ofAdmin() {
    Map<String, Object> all = only(AdminClientConfig.configNames());
    all.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, FIRST_ANSWER_MS);
    all.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, FIRST_ANSWER_MS);
    return all;
  }

  /**
   * Settings of a producer whose transactions have this id: a new one fences an older one off.
   *
   * @param transactionalId the id
   */
  Map<String, Object> ofProducer(String transactionalId) {
    Map<String, Object> all = only(ProducerConfig.configNames());
    all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    return all;
  }

  /** Settings of a consumer that sees what was committed. */
  Map<String, Object> ofConsumer() {
    Map<String, Object> all = only(ConsumerConfig.configNames());
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return all;
  }

  /** Kafka warns of names that are those of another kind of client. */
  private Map<String, Object> only(Set<String> names) {
    Map<String, Object> some = new HashMap<>();
    values.forEach(
        (name, value) -> {
          if (names.contains(name) || isOfAPlugin(name)) {
            some.put(name, value);
          }
        });
    return some;
  }
}
