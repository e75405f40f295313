package org.entente.gateway.cli.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.util.Base64;
import java.util.HexFormat;
import org.entente.gateway.bridge.format.ProtoValues;
import org.entente.gateway.cli.failure.CommandFailure;

/**
 * JSON output of commands, one object per line. Messages have the protobuf JSON form, but ids and
 * other short bytes are in hexadecimal, as commands take them; only content is in base64.
 * Characters that could steer a terminal, end a line or change its direction are escaped.
 */
public final class JsonText {
  /** Reads back what protobuf printed, whatever its length: a document is one text. */
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
              // A table of names is shared by all texts: hostile ones would make it fail.
              .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
              .build());

  private JsonText() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /**
   * Reads JSON.
   *
   * @throws IllegalArgumentException if the text is not JSON
   */
  public static JsonNode parse(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
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
    return line(tree(message));
  }

  /** A message of the protos as a tree. */
  public static JsonNode tree(MessageOrBuilder message) {
    try {
      JsonNode tree = MAPPER.readTree(JsonFormat.printer().print(message));
      inHexadecimal(tree, message.getDescriptorForType());
      return tree;
    } catch (InvalidProtocolBufferException | JsonProcessingException e) {
      throw new CommandFailure("the answer cannot be shown as JSON: " + e.getMessage(), e);
    }
  }

  private static void inHexadecimal(JsonNode tree, Descriptor type) {
    if (!(tree instanceof ObjectNode object)) {
      // A well-known type, such as a time, is one text.
      return;
    }
    for (FieldDescriptor field : type.getFields()) {
      JsonNode value = object.get(field.getJsonName());
      if (value == null) {
        continue;
      }
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        descend(value, field);
      } else if (ProtoValues.isInHexadecimal(field)) {
        object.set(field.getJsonName(), inHexadecimal(value));
      }
    }
  }

  private static void descend(JsonNode value, FieldDescriptor field) {
    if (field.isMapField()) {
      FieldDescriptor entry = field.getMessageType().findFieldByName("value");
      if (entry.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        value.forEach(one -> inHexadecimal(one, entry.getMessageType()));
      }
    } else if (field.isRepeated()) {
      value.forEach(one -> inHexadecimal(one, field.getMessageType()));
    } else {
      inHexadecimal(value, field.getMessageType());
    }
  }

  /** A text of base64, or a list of them, in hexadecimal. */
  private static JsonNode inHexadecimal(JsonNode value) {
    if (value.isArray()) {
      ArrayNode all = MAPPER.createArrayNode();
      value.forEach(one -> all.add(inHexadecimal(one)));
      return all;
    }
    return TextNode.valueOf(
        HexFormat.of().formatHex(Base64.getDecoder().decode(value.textValue())));
  }
}
