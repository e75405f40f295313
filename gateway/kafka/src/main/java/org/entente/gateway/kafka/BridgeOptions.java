package org.entente.gateway.kafka;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of both directions. */
final class BridgeOptions {
  @Option(
      names = "--kafka",
      paramLabel = "FILE",
      required = true,
      description =
          "properties file with Kafka's own client settings: bootstrap.servers, and those of TLS"
              + " and SASL")
  private @Nullable Path file;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      defaultValue = "PROTOBUF",
      description = "values of records: PROTOBUF or JSON (default: ${DEFAULT-VALUE})")
  private RecordFormat format = RecordFormat.PROTOBUF;

  KafkaSettings settings() {
    return KafkaSettings.read(Objects.requireNonNull(file, "picocli requires it"));
  }

  RecordFormat format() {
    return format;
  }
}
