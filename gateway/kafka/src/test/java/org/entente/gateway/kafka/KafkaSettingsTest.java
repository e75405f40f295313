package org.entente.gateway.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.entente.gateway.cli.failure.UsageError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSettingsTest {
  private static final String SERVERS = "bootstrap.servers=broker:9093\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bootstrap.server=broker:9093  | unknown setting \"bootstrap.server\"; did you mean"
            + " \"bootstrap.servers\"?",
        "sasl.jass.config=x            | did you mean \"sasl.jaas.config\"?",
        "security.protocol=SSL         | bootstrap.servers is missing",
        "transactional.id=mine         | transactional.id cannot be set",
        "isolation.level=read_uncommitted | isolation.level cannot be set",
        "partitioner.ignore.keys=true  | partitioner.ignore.keys cannot be set",
        "group.instance.id=one         | group.instance.id cannot be set",
        "compression.type=zst          | Invalid value zst for configuration compression.type",
        "linger.ms=soon                | Invalid value soon for configuration linger.ms",
        "linger.ms=\\uXX               | is no properties file",
      })
  void setting_thatIsWrong_isNamed(String text, String said) {
    UsageError wrong =
        assertThrows(UsageError.class, () -> KafkaSettings.of("--kafka: k.properties", text));
    assertTrue(String.valueOf(wrong.getMessage()).contains(said), wrong::getMessage);
  }

  @Test
  void client_getsItsOwnSettings_andThoseOfTheGuarantees() {
    KafkaSettings settings =
        KafkaSettings.of(
            "k", SERVERS + "linger.ms=5\nfetch.min.bytes=7\nssl.truststore.type=PEM\n");
    Map<String, Object> producer = settings.ofProducer("name");
    assertEquals("5", producer.get("linger.ms"));
    assertEquals("PEM", producer.get("ssl.truststore.type"));
    assertEquals("all", producer.get("acks"));
    assertFalse(producer.containsKey("fetch.min.bytes"));
    Map<String, Object> consumer = settings.ofConsumer();
    assertEquals("7", consumer.get("fetch.min.bytes"));
    assertEquals("read_committed", consumer.get("isolation.level"));
    assertFalse(consumer.containsKey("linger.ms"));
  }
}
