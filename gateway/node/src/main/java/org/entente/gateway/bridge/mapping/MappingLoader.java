package org.entente.gateway.bridge.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.DraftLimits;
import org.entente.gateway.bridge.mapping.MappingFile.Rule;
import org.entente.gateway.bridge.mapping.RecordMapping.Entry;
import org.entente.gateway.bridge.mapping.TargetPath.InvalidPath;
import org.entente.gateway.cel.Compilation;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.cel.ExpressionProblem;
import org.entente.gateway.cel.Mapping;
import org.entente.gateway.cel.ValueType;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.config.YamlReadResult;
import org.entente.proto.v1.Draft;
import org.jspecify.annotations.Nullable;

/** Checks and compiles one mapping file as a whole; collects every problem. For one file. */
public final class MappingLoader {
  /** What every draft needs and no source but the mapping gives. */
  private static final List<String> NEEDED =
      List.of("label.category", "label.purpose", "label.classification", "to");

  /** Fields that CAP gives and JSON Lines do not. */
  private static final List<String> NEEDED_WITHOUT_CAP =
      List.of("idempotency_key", "label.kind", "body");

  private final FieldPositions positions;
  private final ExpressionCompiler expressions;
  private final List<ConfigProblem> problems = new ArrayList<>();

  private MappingLoader(FieldPositions positions, ExpressionCompiler expressions) {
    this.positions = positions;
    this.expressions = expressions;
  }

  /** Loads a mapping file that was read; every problem found in it is reported. */
  public static YamlReadResult<RecordMapping> load(
      YamlReadResult<MappingFile> reading, ExpressionCompiler expressions) {
    if (reading instanceof YamlReadResult.Read<MappingFile> read) {
      return new MappingLoader(read.positions(), expressions).load(read.value());
    }
    return new YamlReadResult.Unreadable<>(
        ((YamlReadResult.Unreadable<MappingFile>) reading).problems());
  }

  private YamlReadResult<RecordMapping> load(MappingFile file) {
    FieldRule publisher = publisher(file.publisher());
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, Rule> field : file.fields().entrySet()) {
      entry(field.getKey(), field.getValue(), entries);
    }
    needed(NEEDED, entries);
    if (file.input() == MappingInput.JSON_LINES) {
      needed(NEEDED_WITHOUT_CAP, entries);
    }
    if (!problems.isEmpty()) {
      return new YamlReadResult.Unreadable<>(problems);
    }
    return new YamlReadResult.Read<>(
        new RecordMapping(file.name(), file.input(), publisher, entries), positions);
  }

  private FieldRule publisher(Rule rule) {
    FieldRule compiled =
        rule(
            RecordMapping.PUBLISHER,
            RecordMapping.PUBLISHER,
            rule,
            ValueType.TEXT,
            Integer.MAX_VALUE);
    for (Object fixed : new Object[] {rule.constant(), rule.otherwise()}) {
      if (fixed != null) {
        try {
          DraftLimits.agency(String.valueOf(fixed), RecordMapping.PUBLISHER);
        } catch (DraftFault e) {
          problem(RecordMapping.PUBLISHER, e.problem(), "an agency name such as fr.customs");
        }
      }
    }
    return compiled;
  }

  private void entry(String path, @Nullable Rule rule, List<Entry> entries) {
    String field = "fields." + path;
    if (rule == null) {
      problem(field, "nothing", "an expression, or cel or constant");
      return;
    }
    TargetPath target;
    try {
      target = TargetPath.parse(path);
    } catch (InvalidPath e) {
      problem(field, e.wrong(), e.valid());
      return;
    }
    for (Entry other : entries) {
      if (conflict(field, target, rule, other)) {
        break;
      }
    }
    int longest = Integer.MAX_VALUE;
    if (Boolean.TRUE.equals(rule.cut())) {
      longest = target.isText() ? DraftLimits.longest(target.last().field()).orElse(-1) : -1;
      if (longest < 0) {
        problem(field + ".cut", path + " has no maximum length", "cut only on a text with a limit");
      }
    }
    FieldRule compiled = rule(field, path, rule, target.type(), longest);
    tryFixed(field + ".constant", target, compiled.fixed());
    tryFixed(field + ".otherwise", target, compiled.otherwise());
    entries.add(new Entry(target, compiled));
  }

  private boolean conflict(String field, TargetPath target, Rule rule, Entry other) {
    if (target.overlaps(other.target())) {
      problem(field, "sets the same field as " + other.target().text(), "one of the two");
      return true;
    }
    if (target.excludes(other.target()) && rule.when() == null && other.rule().guard() == null) {
      problem(
          field,
          "excludes " + other.target().text() + ": both are cases of one oneof",
          "one of them, or a when on one of them");
      return true;
    }
    return false;
  }

  private FieldRule rule(String field, String path, Rule rule, ValueType type, int longest) {
    String cel = rule.cel();
    if ((cel == null) == (rule.constant() == null)) {
      problem(field, "has " + (cel == null ? "neither" : "both"), "either cel or constant");
    }
    String place = positions.has(field + ".cel") ? field + ".cel" : field;
    Mapping expression = cel == null ? null : compile(place, cel, type);
    String when = rule.when();
    Mapping guard = when == null ? null : compile(field + ".when", when, ValueType.BOOL);
    return new FieldRule(
        path, expression, plain(rule.constant()), guard, plain(rule.otherwise()), longest);
  }

  private @Nullable Mapping compile(String field, String cel, ValueType type) {
    if (cel.isBlank()) {
      problem(field, "an empty expression", "an expression, or a mapping with cel or constant");
      return null;
    }
    Compilation<Mapping> compilation = expressions.mapping(cel, type);
    if (compilation instanceof Compilation.Compiled<Mapping> compiled) {
      return compiled.expression();
    }
    for (ExpressionProblem problem : ((Compilation.Rejected<Mapping>) compilation).problems()) {
      problems.add(
          positions.problemInText(
              field,
              problem.line(),
              "column " + problem.column() + " of the expression: " + problem.message(),
              "a CEL expression over source that yields " + type));
    }
    return null;
  }

  /** Tests the constant against its target now, not at the first record. */
  private void tryFixed(String field, TargetPath target, @Nullable Object value) {
    if (value == null) {
      return;
    }
    try {
      DraftAssembly trial = new DraftAssembly(Draft.getDefaultInstance());
      trial.set(target, value);
      DraftLimits.checkValues(trial.draft());
    } catch (DraftFault e) {
      problem(field, e.field() + " " + e.problem(), "a constant that the field takes");
    }
  }

  private void needed(List<String> paths, List<Entry> entries) {
    for (String path : paths) {
      boolean set =
          entries.stream()
              .map(entry -> entry.target().text())
              .anyMatch(
                  target -> target.startsWith(path + ".") || (path + ".").startsWith(target + "."));
      if (!set) {
        problem("fields", "no rule sets " + path + ", which every draft needs", "a target " + path);
      }
    }
  }

  /** Converts YAML's whole numbers to long, as expressions yield them. */
  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Integer whole) {
      return whole.longValue();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(MappingLoader::plain).toList();
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> out = new LinkedHashMap<>();
      map.forEach(
          (key, element) -> {
            Object plain = plain(element);
            if (plain != null) {
              out.put(String.valueOf(key), plain);
            }
          });
      return out;
    }
    return value;
  }

  private void problem(String field, String wrong, String valid) {
    problems.add(positions.problem(field, wrong, valid));
  }
}
