package org.entente.gateway.policy.codes;

import com.google.protobuf.Descriptors.EnumDescriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.entente.gateway.cel.LabelSizes;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.gateway.text.TextRule;
import org.entente.proto.v1.Classification;
import org.jspecify.annotations.Nullable;

/**
 * Merges files of code lists and reports what is wrong with each. Equivalences are checked last,
 * since they may name schemes of other files.
 */
public final class CodesLint {
  public static final int MAX_MARKING = LabelSizes.CLASSIFICATION_MARKING;
  private static final Pattern SHARING_MARKING =
      Pattern.compile("[A-Z0-9][A-Z0-9:+./ -]{0," + (LabelSizes.MARKING - 1) + "}");
  private static final Pattern EVALUATION = Pattern.compile("[A-Za-z0-9-]{1,12}");
  private static final Pattern EVALUATION_CODE = Pattern.compile("[A-Z0-9]{1,3}");
  static final int MAX_BASIS = 500;
  private static final int MAX_CODES = 256;

  /** Indicators that begin with {@link CodeLists#FREE_INDICATOR} are reserved for clients. */
  private static final Pattern INDICATOR = Pattern.compile("(?!X_)[A-Z][A-Z0-9_]{0,39}");

  private final LintReport report;
  private final Map<String, Map<String, Wording>> words = new LinkedHashMap<>();
  private final Map<String, Wording> markings = new LinkedHashMap<>();
  private final SharingLint sharing = new SharingLint();
  private final Map<String, Wording> indicators = new LinkedHashMap<>();
  private final Map<String, CodeFile.Evaluations> evaluations = new LinkedHashMap<>();
  private final Map<String, ClassificationScheme> schemes = new LinkedHashMap<>();
  private final Set<String> users = new LinkedHashSet<>();
  private final Map<ClassificationScheme.Direction, PlacedEquivalence> equivalences =
      new LinkedHashMap<>();

  /** An equivalence with its position in a file. */
  private record PlacedEquivalence(CodeFile.Equivalence it, FileLint lint, String field) {}

  CodesLint(LintReport report) {
    this.report = report;
  }

  void add(CodeFile file, FileLint lint) {
    orEmpty(file.words()).forEach((list, codes) -> words(list, codes, lint));
    orEmpty(file.markings()).forEach((code, meaning) -> marking(code, meaning, lint));
    orEmpty(file.sharing()).forEach((name, set) -> sharing.add(name, set, lint));
    orEmpty(file.indicators()).forEach((code, meaning) -> indicator(code, meaning, lint));
    orEmpty(file.evaluations()).forEach((name, scheme) -> evaluation(name, scheme, lint));
    orEmpty(file.schemes()).forEach((name, scheme) -> scheme(name, scheme, lint));
    List<CodeFile.Equivalence> written =
        file.equivalences() == null ? List.of() : file.equivalences();
    for (int i = 0; i < written.size(); i++) {
      equivalence(written.get(i), lint, "equivalences[" + i + "]");
    }
  }

  /** The merged content of the files; usable only if no problem was reported. */
  Optional<CodeLists> lists() {
    List<ClassificationScheme.Equivalence> checked = new ArrayList<>();
    equivalences.forEach(
        (direction, written) -> handled(direction, written).ifPresent(checked::add));
    SharingOrder order = sharing.order(markings.keySet());
    return report.problems().isEmpty()
        ? Optional.of(
            new CodeLists(words, markings, order, evaluations, schemes, checked, indicators))
        : Optional.empty();
  }

  private static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
    return map == null ? Map.of() : map;
  }

  private void words(String list, Map<String, Wording> codes, FileLint lint) {
    String field = "words." + list;
    EnumDescriptor type = CodeLists.ENUMS.get(list);
    if (type == null) {
      lint.wrong(
          field,
          "not the name of a label field with listed values",
          NameSuggestion.oneOf(list, CodeLists.ENUMS.keySet()));
      return;
    }
    Map<String, Wording> known = words.computeIfAbsent(list, unused -> new LinkedHashMap<>());
    codes.forEach(
        (code, meaning) -> {
          String at = field + "." + code;
          if (EnumNames.parse(type, code).isEmpty()) {
            lint.wrong(at, quoted(code), NameSuggestion.oneOf(code, EnumNames.names(type)));
          }
          put(known, code, meaning, at, lint);
          wording(meaning, at, lint);
        });
  }

  private void marking(String code, Wording meaning, FileLint lint) {
    String at = "markings." + code;
    if (!SHARING_MARKING.matcher(code).matches()) {
      lint.wrong(at, quoted(code), "1 to 40 characters of A-Z 0-9 : + . / - and spaces");
    }
    put(markings, code, meaning, at, lint);
    wording(meaning, at, lint);
  }

  private void indicator(String code, Wording meaning, FileLint lint) {
    String at = "indicators." + code;
    if (!INDICATOR.matcher(code).matches()) {
      lint.wrong(
          at,
          quoted(code),
          "1 to 40 characters: a capital letter, then of A-Z 0-9 _; X_ is for clients' own codes");
    }
    if (indicators.size() >= MAX_CODES) {
      lint.wrong(at, "more than " + MAX_CODES + " indicators", "at most " + MAX_CODES);
    }
    put(indicators, code, meaning, at, lint);
    wording(meaning, at, lint);
  }

  private void evaluation(String name, CodeFile.Evaluations scheme, FileLint lint) {
    String at = "evaluations." + name;
    if (!EVALUATION.matcher(name).matches()) {
      lint.wrong(at, quoted(name), "1 to 12 characters of A-Z a-z 0-9 -");
    }
    put(evaluations, name, scheme, at, lint);
    wording(scheme.title(), at + ".title", lint);
    evaluationCodes(scheme.source(), at + ".source", lint);
    evaluationCodes(scheme.information(), at + ".information", lint);
  }

  private void evaluationCodes(Map<String, Wording> codes, String at, FileLint lint) {
    if (codes.isEmpty() || codes.size() > MAX_CODES) {
      lint.wrong(at, codes.size() + " codes", "1 to " + MAX_CODES);
    }
    codes.forEach(
        (code, meaning) -> {
          if (!EVALUATION_CODE.matcher(code).matches()) {
            lint.wrong(at + "." + code, quoted(code), "1 to 3 characters of A-Z 0-9");
          }
          wording(meaning, at + "." + code, lint);
        });
  }

  private void scheme(String name, CodeFile.Scheme written, FileLint lint) {
    String at = "schemes." + name;
    if (!CodeLists.SCHEME.matcher(name).matches()) {
      lint.wrong(at, quoted(name), "1 to 16 characters of A-Z 0-9 -, a letter first");
    }
    wording(written.title(), at + ".title", lint);
    Set<String> usedBy = usedBy(written, at, lint);
    Map<String, Classification> levels = new LinkedHashMap<>();
    Map<String, Wording> meanings = new LinkedHashMap<>();
    if (written.markings().isEmpty() || written.markings().size() > MAX_CODES) {
      lint.wrong(at + ".markings", written.markings().size() + " markings", "1 to 256");
    }
    for (int i = 0; i < written.markings().size(); i++) {
      level(written.markings().get(i), at + ".markings[" + i + "]", lint, levels, meanings);
    }
    put(
        schemes,
        name,
        new ClassificationScheme(name, written.title(), usedBy, levels, meanings),
        at,
        lint);
  }

  private Set<String> usedBy(CodeFile.Scheme written, String at, FileLint lint) {
    Set<String> usedBy = new LinkedHashSet<>();
    List<String> names = written.usedBy() == null ? List.of() : written.usedBy();
    for (int i = 0; i < names.size(); i++) {
      String name = String.valueOf(names.get(i));
      String place = at + ".used_by[" + i + "]";
      if (!CodedText.COUNTRY.valid(name) && !isAgency(name)) {
        lint.wrong(place, quoted(name), "an ISO 3166-1 code or an agency's name");
      } else if (!users.add(name)) {
        lint.wrong(place, name + " already has a scheme", "each in one scheme only");
      }
      usedBy.add(name);
    }
    return usedBy;
  }

  private static boolean isAgency(String name) {
    try {
      AgencyName unused = new AgencyName(name);
      return true;
    } catch (InvalidValue e) {
      return false;
    }
  }

  private void level(
      CodeFile.@Nullable Marking written,
      String at,
      FileLint lint,
      Map<String, Classification> levels,
      Map<String, Wording> meanings) {
    if (written == null) {
      lint.wrong(at, "nothing", "a marking");
      return;
    }
    String marking = written.marking();
    if (!isMarking(marking)) {
      lint.wrong(at + ".marking", quoted(marking), "one line of 1 to 80 characters");
    }
    var level = EnumNames.parse(Classification.getDescriptor(), written.level());
    if (level.isEmpty()) {
      lint.wrong(
          at + ".level",
          quoted(written.level()),
          NameSuggestion.oneOf(written.level(), EnumNames.names(Classification.getDescriptor())));
    } else if (levels.putIfAbsent(marking, Classification.valueOf(level.get())) != null) {
      lint.wrong(at + ".marking", quoted(marking) + " a second time", "each once");
    }
    meanings.put(marking, written.label());
    wording(written.label(), at + ".label", lint);
  }

  private static boolean isMarking(String text) {
    return !text.isEmpty()
        && text.equals(text.strip())
        && text.length() <= MAX_MARKING
        && TextRule.LINE.fault(text).isEmpty();
  }

  private void equivalence(CodeFile.@Nullable Equivalence written, FileLint lint, String field) {
    if (written == null) {
      lint.wrong(field, "nothing", "an equivalence");
      return;
    }
    if (written.from().equals(written.to())) {
      lint.wrong(field + ".to", "the scheme itself", "another scheme");
      return;
    }
    lint.text(field + ".basis", written.basis(), MAX_BASIS);
    ClassificationScheme.Direction direction =
        new ClassificationScheme.Direction(written.from(), written.to());
    if (equivalences.putIfAbsent(direction, new PlacedEquivalence(written, lint, field)) != null) {
      lint.wrong(field, direction + " a second time", "one entry for each direction");
    }
  }

  /** An equivalence whose schemes and markings exist and which lowers no protection. */
  private Optional<ClassificationScheme.Equivalence> handled(
      ClassificationScheme.Direction direction, PlacedEquivalence written) {
    ClassificationScheme from = known(direction.from(), written, ".from");
    ClassificationScheme to = known(direction.to(), written, ".to");
    if (from == null || to == null) {
      return Optional.empty();
    }
    Map<String, String> handled = new LinkedHashMap<>();
    List<CodeFile.Handled> all = written.it().markings();
    if (all.isEmpty()) {
      written.lint().wrong(written.field() + ".markings", "an empty list", "one or more");
    }
    for (int i = 0; i < all.size(); i++) {
      handled(from, to, all.get(i), written, written.field() + ".markings[" + i + "]", handled);
    }
    return Optional.of(
        new ClassificationScheme.Equivalence(direction, written.it().basis(), handled));
  }

  private @Nullable ClassificationScheme known(
      String name, PlacedEquivalence written, String part) {
    ClassificationScheme scheme = schemes.get(name);
    if (scheme == null) {
      written
          .lint()
          .wrong(
              written.field() + part, quoted(name), NameSuggestion.oneOf(name, schemes.keySet()));
    }
    return scheme;
  }

  private void handled(
      ClassificationScheme from,
      ClassificationScheme to,
      CodeFile.@Nullable Handled one,
      PlacedEquivalence written,
      String at,
      Map<String, String> handled) {
    if (one == null) {
      written.lint().wrong(at, "nothing", "a marking and what it is handled as");
      return;
    }
    Optional<Classification> level = from.level(one.marking());
    Optional<Classification> other = to.level(one.handledAs());
    if (level.isEmpty()) {
      written.lint().wrong(at + ".marking", quoted(one.marking()), "one of " + from.markings());
    } else if (other.isEmpty()) {
      written.lint().wrong(at + ".handled_as", quoted(one.handledAs()), "one of " + to.markings());
    } else if (other.get().getNumber() < level.get().getNumber()) {
      written
          .lint()
          .wrong(
              at + ".handled_as",
              quoted(one.handledAs()) + " has a lower level than " + quoted(one.marking()),
              "a marking of " + EnumNames.word(level.get()) + " or above");
    } else if (handled.putIfAbsent(one.marking(), one.handledAs()) != null) {
      written.lint().wrong(at + ".marking", quoted(one.marking()) + " a second time", "each once");
    }
  }

  private <V> void put(Map<String, V> known, String code, V value, String at, FileLint lint) {
    if (known.putIfAbsent(code, value) != null) {
      lint.wrong(at, quoted(code) + " is also in another file", "each once");
    }
  }

  private void wording(Wording meaning, String at, FileLint lint) {
    for (Wording.Language language : Wording.Language.values()) {
      String field = at + "." + language.name().toLowerCase(Locale.ROOT);
      lint.text(field, meaning.in(language), Wording.MAX);
    }
  }

  private static String quoted(String text) {
    return "\"" + InvalidValue.printable(text) + "\"";
  }
}
