package org.entente.gateway.cli.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.util.stream.Collectors;
import org.entente.gateway.cli.failure.CommandFailure;

/**
 * JSON output of commands, one object per line. Characters that could steer a terminal, end a line
 * or change its direction are escaped.
 */
public final class JsonText {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonText() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static String line(JsonNode node) {
    try {
      return TerminalText.escaped(MAPPER.writeValueAsString(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree cannot be written as JSON", e);
    }
  }

  /** A message of the protos as one line of JSON. */
  public static String of(MessageOrBuilder message) {
    return TerminalText.escaped(
        print(JsonFormat.printer().omittingInsignificantWhitespace(), message));
  }

  /** The same on several lines. */
  public static String pretty(MessageOrBuilder message) {
    return print(JsonFormat.printer(), message)
        .lines()
        .map(TerminalText::escaped)
        .collect(Collectors.joining("\n"));
  }

  private static String print(JsonFormat.Printer printer, MessageOrBuilder message) {
    try {
      return printer.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new CommandFailure("the answer cannot be shown as JSON: " + e.getMessage(), e);
    }
  }
}
