package org.entente.gateway.config;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds every problem for which a file cannot be read into its record. Jackson stops at the first;
 * this reads each part by itself, with the same settings and the same words. Used by one thread,
 * once.
 */
final class BindingProblems {
  /** Most problems of one file that are reported. */
  static final int MOST = 100;

  private static final SnakeCaseStrategy NAMES = new SnakeCaseStrategy();

  private final ObjectMapper mapper;
  private final DeserializationContext context;
  private final FieldPositions positions;
  private final List<ConfigProblem> problems = new ArrayList<>();

  private BindingProblems(ObjectMapper mapper, FieldPositions positions) {
    this.mapper = mapper;
    this.positions = positions;
    this.context =
        ((DefaultDeserializationContext) mapper.getDeserializationContext())
            .createDummyInstance(mapper.getDeserializationConfig());
  }

  /**
   * The problems of a file that Jackson did not read, in the order of the file; at least one.
   *
   * @param text the file, which is well-formed
   * @param first what Jackson met first
   */
  static List<ConfigProblem> of(
      ObjectMapper mapper,
      String text,
      Class<?> type,
      FieldPositions positions,
      JsonMappingException first) {
    BindingProblems found = new BindingProblems(mapper, positions);
    try {
      found.check("", mapper.readTree(text), mapper.constructType(type));
    } catch (JsonProcessingException e) {
      found.problems.clear();
    }
    return found.problems.isEmpty()
        ? List.of(JacksonProblemMapper.mapping(positions, first))
        : found.problems.stream()
            .sorted(
                Comparator.comparingInt(ConfigProblem::line)
                    .thenComparingInt(ConfigProblem::column))
            .limit(MOST)
            .toList();
  }

  /** Notes what is wrong with a part and within it. */
  private void check(String path, JsonNode node, JavaType type) throws JsonMappingException {
    Map<String, SettableBeanProperty> fields = node.isObject() ? fields(type) : Map.of();
    int before = problems.size();
    if (!fields.isEmpty()) {
      fields(path, node, type, fields);
    } else if (node.isArray() && type.isCollectionLikeType()) {
      for (int i = 0; i < node.size(); i++) {
        check(path + "[" + i + "]", node.get(i), type.getContentType());
      }
    } else if (node.isObject()
        && type.isMapLikeType()
        && !type.getContentType().isJavaLangObject()) {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        check(within(path, entry.getKey()), entry.getValue(), type.getContentType());
      }
    }
    if (problems.size() == before) {
      read(path, node, type, "");
    }
  }

  private void fields(
      String path, JsonNode node, JavaType type, Map<String, SettableBeanProperty> fields)
      throws JsonMappingException {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = entry.getKey();
      SettableBeanProperty field = fields.get(name);
      if (field == null) {
        problems.add(
            JacksonProblemMapper.unknown(positions, within(path, name), name, fields.keySet()));
      } else if (isBean(field.getType()) || field.getType().isContainerType()) {
        check(within(path, name), entry.getValue(), valueType(field, entry.getValue()));
      } else {
        read(within(path, name), entry.getValue(), field.getType(), range(type, name));
      }
    }
    for (SettableBeanProperty field : fields.values()) {
      if (!node.has(field.getName()) && field.isRequired()) {
        String range = range(type, field.getName());
        problems.add(
            positions.problem(
                within(path, field.getName()),
                "the field is missing",
                range.isEmpty()
                    ? JacksonProblemMapper.expected(field.getType().getRawClass())
                    : range));
      }
    }
  }

  /**
   * Reads a part by itself; notes why it cannot be read.
   *
   * @param range the valid numbers; may be empty
   */
  private void read(String path, JsonNode node, JavaType type, String range) {
    try {
      Object unused = mapper.readerFor(type).readValue(node);
    } catch (JsonMappingException e) {
      ConfigProblem problem = JacksonProblemMapper.mapping(positions, path, e);
      problems.add(
          range.isEmpty() ? problem : positions.problem(problem.field(), problem.wrong(), range));
    } catch (JsonProcessingException e) {
      problems.add(
          positions.problem(
              path,
              JacksonProblemMapper.firstLine(e),
              range.isEmpty() ? JacksonProblemMapper.expected(type.getRawClass()) : range));
    } catch (IOException e) {
      throw new UncheckedIOException("a tree in memory cannot be read", e);
    }
  }

  /** The type of one item where a list may be written as that item. */
  private JavaType valueType(SettableBeanProperty field, JsonNode value) {
    JavaType type = field.getType();
    Boolean single =
        field
            .findPropertyFormat(context.getConfig(), type.getRawClass())
            .getFeature(JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY);
    return Boolean.TRUE.equals(single) && !value.isArray() ? type.getContentType() : type;
  }

  private boolean isBean(JavaType type) throws JsonMappingException {
    return !fields(type).isEmpty();
  }

  /** The fields of a type that is read from a mapping, by their names in files; none of others. */
  private Map<String, SettableBeanProperty> fields(JavaType type) throws JsonMappingException {
    Map<String, SettableBeanProperty> fields = new LinkedHashMap<>();
    if (type.getRawClass().isRecord()) {
      JsonDeserializer<Object> reader = context.findRootValueDeserializer(type);
      if (reader instanceof BeanDeserializerBase bean) {
        bean.properties().forEachRemaining(field -> fields.put(field.getName(), field));
      }
    }
    return fields;
  }

  /** The valid numbers of a record's field; empty if it states none. */
  private static String range(JavaType type, String field) {
    for (RecordComponent component : type.getRawClass().getRecordComponents()) {
      SchemaDescription written = component.getAnnotation(SchemaDescription.class);
      if (written != null && NAMES.translate(component.getName()).equals(field)) {
        return written.least() == Long.MIN_VALUE || written.most() == Long.MAX_VALUE
            ? ""
            : "a whole number from " + written.least() + " to " + written.most();
      }
    }
    return "";
  }

  private static String within(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}
