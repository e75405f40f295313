package org.entente.gateway.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.StringReader;
import java.io.StringWriter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.comments.CommentLine;
import org.yaml.snakeyaml.comments.CommentType;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.representer.Representer;

/**
 * The standard layout of a YAML file that binds to a record: fields in the order of the record's
 * components, two spaces per level, folded lines of at most {@value #WIDTH} characters, an empty
 * line before each part, and comments before their field. Quotes, blocks and lists are unchanged.
 *
 * <p>A comment before the first element of a list moves before the list; one before a later element
 * is refused. The result is read again: it is refused unless it binds to an equal record and has
 * the same comments.
 */
public final class YamlLayout {
  private static final int WIDTH = 100;
  private static final int INDENT = 2;

  private YamlLayout() {}

  /** The result of the layout. */
  public sealed interface Layout {
    /** The file in its layout. */
    record Text(String text) implements Layout {}

    /** The file cannot be laid out: every problem found. */
    record Refused(List<ConfigProblem> problems) implements Layout {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Lays out the content of a file with this name.
   *
   * @param type the record that it binds to
   */
  public static <T extends Record> Layout of(String file, byte[] content, Class<T> type) {
    YamlReadResult<T> reading = new YamlFiles().parse(file, content, type);
    if (reading instanceof YamlReadResult.Unreadable<T> unreadable) {
      return new Layout.Refused(unreadable.problems());
    }
    T value = ((YamlReadResult.Read<T>) reading).value();
    String text = new String(content, UTF_8);
    Node root = compose(text);
    List<String> comments = comments(root);
    Optional<ConfigProblem> between = between(file, root);
    if (between.isPresent()) {
      return new Layout.Refused(List.of(between.get()));
    }
    space(root);
    order(root, type);
    String laidOut = print(root);
    YamlReadResult<T> again = new YamlFiles().parse(file, laidOut.getBytes(UTF_8), type);
    boolean same =
        again instanceof YamlReadResult.Read<T> read
            && read.value().equals(value)
            && sorted(comments(compose(laidOut))).equals(sorted(comments));
    return same
        ? new Layout.Text(laidOut)
        : new Layout.Refused(
            List.of(
                ConfigProblem.ofFile(
                    file,
                    "cannot be laid out without losing a comment or changing a value",
                    "comments on lines of their own, before a field")));
  }

  /** A comment before a later element of a list, which the library would write behind the dash. */
  private static Optional<ConfigProblem> between(String file, Node node) {
    if (node instanceof MappingNode mapping) {
      return mapping.getValue().stream()
          .flatMap(it -> between(file, it.getValueNode()).stream())
          .findFirst();
    }
    return node instanceof SequenceNode list
        ? list.getValue().stream()
            .skip(1)
            .flatMap(it -> own(it).stream())
            .findFirst()
            .map(
                line ->
                    new ConfigProblem(
                        file,
                        line.getStartMark().getLine() + 1,
                        line.getStartMark().getColumn() + 1,
                        "",
                        "a comment between elements of a list, which cannot be kept there",
                        "comments before a list, or before a field"))
        : Optional.empty();
  }

  private static Optional<CommentLine> own(Node element) {
    Node first =
        element instanceof MappingNode mapping && !mapping.getValue().isEmpty()
            ? mapping.getValue().get(0).getKeyNode()
            : element;
    return lines(first, false).stream()
        .filter(line -> line.getCommentType() != CommentType.BLANK_LINE)
        .findFirst();
  }

  private static List<String> sorted(List<String> comments) {
    return comments.stream().sorted().toList();
  }

  private static Yaml yaml() {
    LoaderOptions reading = new LoaderOptions();
    reading.setProcessComments(true);
    reading.setAllowDuplicateKeys(false);
    DumperOptions writing = new DumperOptions();
    writing.setProcessComments(true);
    writing.setIndent(INDENT);
    writing.setIndicatorIndent(INDENT);
    writing.setIndentWithIndicator(true);
    writing.setWidth(WIDTH);
    writing.setSplitLines(true);
    return new Yaml(new SafeConstructor(reading), new Representer(writing), writing, reading);
  }

  private static Node compose(String text) {
    return yaml().compose(new StringReader(text));
  }

  private static String print(Node root) {
    StringWriter out = new StringWriter();
    yaml().serialize(root, out);
    return out.toString();
  }

  /**
   * Adds an empty line before each part of the file, and puts comments where the library can write
   * them.
   */
  private static void space(Node root) {
    boolean first = true;
    for (NodeTuple tuple : ((MappingNode) root).getValue()) {
      boolean part = !(tuple.getValueNode() instanceof ScalarNode);
      tuple.getKeyNode().setBlockComments(lines(tuple.getKeyNode(), part && !first));
      first = false;
    }
    hoist(root);
  }

  /** Moves comments before the first element of a list to before the list. */
  private static void hoist(Node node) {
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        hoist(tuple.getValueNode());
        if (tuple.getValueNode() instanceof SequenceNode list) {
          hoist(tuple.getKeyNode(), list);
        }
      }
    }
  }

  private static void hoist(Node key, SequenceNode list) {
    for (int i = 0; i < list.getValue().size(); i++) {
      if (list.getValue().get(i) instanceof MappingNode element && !element.getValue().isEmpty()) {
        Node first = element.getValue().get(0).getKeyNode();
        List<CommentLine> lines = lines(first, false);
        if (i == 0) {
          List<CommentLine> all = new ArrayList<>(lines(key, false));
          all.addAll(lines);
          key.setBlockComments(all);
          lines = List.of();
        }
        first.setBlockComments(lines);
      }
    }
  }

  /** The comments before a node, with or without an empty line before them. */
  private static List<CommentLine> lines(Node node, boolean emptyLine) {
    List<CommentLine> lines = new ArrayList<>();
    if (emptyLine) {
      lines.add(
          new CommentLine(node.getStartMark(), node.getEndMark(), "", CommentType.BLANK_LINE));
    }
    List<CommentLine> comments = node.getBlockComments();
    if (comments != null) {
      comments.stream()
          .dropWhile(line -> line.getCommentType() == CommentType.BLANK_LINE)
          .forEach(lines::add);
    }
    return lines;
  }

  /** Puts the fields of mappings into the order of the components of their records. */
  private static void order(Node node, Type type) {
    if (node instanceof SequenceNode list && type instanceof ParameterizedType of) {
      list.getValue().forEach(it -> order(it, of.getActualTypeArguments()[0]));
    } else if (node instanceof MappingNode mapping
        && type instanceof Class<?> record
        && record.isRecord()) {
      List<RecordComponent> components = List.of(record.getRecordComponents());
      List<String> names = components.stream().map(it -> snakeCase(it.getName())).toList();
      List<NodeTuple> tuples = new ArrayList<>(mapping.getValue());
      tuples.sort(Comparator.comparingInt(it -> names.indexOf(name(it))));
      mapping.setValue(tuples);
      for (NodeTuple tuple : tuples) {
        order(tuple.getValueNode(), components.get(names.indexOf(name(tuple))).getGenericType());
      }
    }
  }

  private static String name(NodeTuple tuple) {
    return ((ScalarNode) tuple.getKeyNode()).getValue();
  }

  private static String snakeCase(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  private static List<String> comments(Node node) {
    List<String> found = new ArrayList<>();
    collect(node, found);
    return found;
  }

  private static void collect(Node node, List<String> found) {
    Stream.of(node.getBlockComments(), node.getInLineComments(), node.getEndComments())
        .forEach(lines -> add(lines, found));
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        collect(tuple.getKeyNode(), found);
        collect(tuple.getValueNode(), found);
      }
    } else if (node instanceof SequenceNode list) {
      list.getValue().forEach(it -> collect(it, found));
    }
  }

  private static void add(@Nullable List<CommentLine> lines, List<String> found) {
    if (lines != null) {
      lines.stream()
          .filter(line -> line.getCommentType() != CommentType.BLANK_LINE)
          .forEach(line -> found.add(line.getValue().strip()));
    }
  }
}
