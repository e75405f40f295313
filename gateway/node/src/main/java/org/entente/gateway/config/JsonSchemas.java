package org.entente.gateway.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.model.AgencyName;
import org.jspecify.annotations.Nullable;

/**
 * Generates JSON Schemas (2020-12) of the YAML files that {@link YamlFiles} reads, from the records
 * that it reads them into, so that an editor completes and checks them. A schema checks less than
 * the gateway, and the gateway decides. Used by one thread for one schema.
 */
public final class JsonSchemas {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final SnakeCaseStrategy NAMES = new SnakeCaseStrategy();

  private final Map<String, List<String>> vocabularies;
  private final ObjectNode definitions = JSON.createObjectNode();
  private final Map<String, Class<?>> defined = new HashMap<>();

  private JsonSchemas(Map<String, List<String>> vocabularies) {
    this.vocabularies = vocabularies;
  }

  /**
   * The schema of a file.
   *
   * @param file the record that the file is read into
   * @param title the title of such a file
   * @param vocabularies the words of each vocabulary in {@link SchemaDescription#oneOf}
   * @return JSON, ending in a line feed; equal for equal arguments
   */
  public static String of(
      Class<? extends Record> file, String title, Map<String, List<String>> vocabularies) {
    JsonSchemas schemas = new JsonSchemas(vocabularies);
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema").put("title", title);
    schema.setAll(schemas.object(file));
    if (!schemas.definitions.isEmpty()) {
      schema.set("$defs", schemas.definitions);
    }
    try {
      return JSON.writeValueAsString(schema) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree cannot be written as JSON", e);
    }
  }

  private ObjectNode object(Class<?> type) {
    ObjectNode schema = JSON.createObjectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = JSON.createArrayNode();
    for (RecordComponent component : type.getRecordComponents()) {
      String name = NAMES.translate(component.getName());
      properties.set(name, property(component));
      JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
      if (property != null && property.required()) {
        required.add(name);
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    ExactlyOne one = type.getAnnotation(ExactlyOne.class);
    if (one != null) {
      ArrayNode ways = schema.putArray("oneOf");
      for (String name : one.value()) {
        ways.addObject().putArray("required").add(name);
      }
    }
    return schema.put("additionalProperties", false);
  }

  private ObjectNode property(RecordComponent component) {
    SchemaDescription written = component.getAnnotation(SchemaDescription.class);
    ObjectNode schema = type(component.getGenericType(), written);
    return written == null ? schema : schema.put("description", written.value());
  }

  private ObjectNode type(Type type, @Nullable SchemaDescription written) {
    if (type instanceof ParameterizedType of && of.getRawType() == List.class) {
      return JSON.createObjectNode()
          .put("type", "array")
          .set("items", type(of.getActualTypeArguments()[0], written));
    }
    if (type instanceof ParameterizedType of && of.getRawType() == Map.class) {
      return map(of.getActualTypeArguments()[1], written);
    }
    return one((Class<?>) type, written);
  }

  private ObjectNode map(Type values, @Nullable SchemaDescription written) {
    ObjectNode schema = JSON.createObjectNode().put("type", "object");
    if (written != null && !written.oneOf().isEmpty()) {
      ObjectNode names = JSON.createObjectNode();
      words(names, written.oneOf());
      schema.set("propertyNames", names);
    }
    return values == Object.class ? schema : schema.set("additionalProperties", type(values, null));
  }

  private ObjectNode one(Class<?> type, @Nullable SchemaDescription written) {
    ObjectNode schema = JSON.createObjectNode();
    if (type.isEnum()) {
      ArrayNode words = schema.put("type", "string").putArray("enum");
      for (Object constant : type.getEnumConstants()) {
        words.add(((Enum<?>) constant).name());
      }
    } else if (type == AgencyName.class) {
      schema.put("type", "string").put("pattern", "^(?:" + AgencyName.FORM + ")$");
    } else if (type == LocalDate.class) {
      schema.put("type", "string").put("format", "date");
    } else if (type == Instant.class) {
      schema.put("type", "string").put("format", "date-time");
    } else if (type.isRecord()) {
      schema.put("$ref", "#/$defs/" + define(type));
    } else if (type == Boolean.class || type == boolean.class) {
      schema.put("type", "boolean");
    } else if (type == Integer.class || type == int.class) {
      number(schema.put("type", "integer"), written);
    } else if (type == String.class) {
      text(schema.put("type", "string"), written);
    } else {
      throw new IllegalArgumentException("no schema for " + type);
    }
    return schema;
  }

  private static void number(ObjectNode schema, @Nullable SchemaDescription written) {
    if (written != null && written.least() != Long.MIN_VALUE) {
      schema.put("minimum", written.least());
    }
    if (written != null && written.most() != Long.MAX_VALUE) {
      schema.put("maximum", written.most());
    }
  }

  private void text(ObjectNode schema, @Nullable SchemaDescription written) {
    if (written == null) {
      return;
    }
    if (written.longest() > 0) {
      schema.put("minLength", 1).put("maxLength", written.longest());
    }
    if (!written.form().isEmpty()) {
      schema.put("pattern", "^(?:" + written.form() + ")$");
    }
    if (!written.oneOf().isEmpty()) {
      words(schema, written.oneOf());
    }
  }

  private void words(ObjectNode schema, String vocabulary) {
    List<String> words = vocabularies.get(vocabulary);
    if (words == null) {
      throw new IllegalArgumentException("there is no vocabulary " + vocabulary);
    }
    words.forEach(schema.putArray("enum")::add);
  }

  /** The name under which a record's schema is defined once, however often it is used. */
  private String define(Class<?> type) {
    String name = type.getSimpleName();
    Class<?> before = defined.putIfAbsent(name, type);
    if (before != null && before != type) {
      throw new IllegalArgumentException("two records have the name " + name);
    }
    if (before == null) {
      definitions.set(name, object(type));
    }
    return name;
  }
}
