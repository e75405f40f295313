package org.entente.gateway.policy.codes;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Person;
import org.jspecify.annotations.Nullable;

/**
 * The code lists of a node: the meanings of label values, the known markings, evaluations and
 * classification schemes, and equivalents of one scheme's markings in another. Immutable; safe for
 * use by several threads.
 */
public final class CodeLists {
  /** Prefix of a client's own risk indicators. */
  public static final String FREE_INDICATOR = "X_";

  /** Names of classification schemes. */
  public static final Pattern SCHEME = Pattern.compile("[A-Z][A-Z0-9-]{0,15}");

  private static final Pattern AGENCY = Pattern.compile(AgencyName.FORM);
  private static final String AGENCY_FORM =
      "an agency: a two-letter code or x, a dot and a lower-case name, such as fr.customs";
  private static final Set<String> AGENCIES_AND_JURISDICTIONS =
      Set.of("origin", "recipient", "label.jurisdictions");

  /** Enums of labels and of persons, by their names in the lists. */
  public static final Map<String, EnumDescriptor> ENUMS = enums();

  private final Map<String, Map<String, Wording>> words;
  private final Map<String, Wording> markings;
  private final Set<String> knownMarkings;
  private final SharingOrder sharing;
  private final Map<String, CodeFile.Evaluations> evaluations;
  private final Map<String, Pattern> evaluationForms;
  private final Map<String, ClassificationScheme> schemes;
  private final Map<ClassificationScheme.Direction, ClassificationScheme.Equivalence> equivalences;
  private final Map<String, Wording> indicators;

  CodeLists(
      Map<String, Map<String, Wording>> words,
      Map<String, Wording> markings,
      SharingOrder sharing,
      Map<String, CodeFile.Evaluations> evaluations,
      Map<String, ClassificationScheme> schemes,
      List<ClassificationScheme.Equivalence> equivalences,
      Map<String, Wording> indicators) {
    this.indicators = Collections.unmodifiableMap(new LinkedHashMap<>(indicators));
    this.words = Collections.unmodifiableMap(new LinkedHashMap<>(words));
    this.sharing = sharing;
    this.markings = Collections.unmodifiableMap(new LinkedHashMap<>(markings));
    this.knownMarkings = Set.copyOf(markings.keySet());
    this.evaluations = Collections.unmodifiableMap(new LinkedHashMap<>(evaluations));
    this.evaluationForms =
        evaluations.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, it -> form(it.getValue())));
    this.schemes = Collections.unmodifiableMap(new TreeMap<>(schemes));
    this.equivalences =
        equivalences.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    ClassificationScheme.Equivalence::direction, it -> it));
  }

  /** The result of loading. */
  public sealed interface LoadResult {
    /** The files are valid. */
    record Loaded(CodeLists lists) implements LoadResult {}

    /** The files are invalid: every problem found. None of them may be used. */
    record Invalid(List<ConfigProblem> problems) implements LoadResult {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * One value of a list.
   *
   * @param list name of the list
   * @param code the value as written in labels and agreements
   * @param meaning its meaning; null if the list has no text for it
   * @param note a remark, such as a marking's level; may be empty
   */
  public record Entry(String list, String code, @Nullable Wording meaning, String note) {}

  private static Map<String, EnumDescriptor> enums() {
    Map<String, EnumDescriptor> enums = new TreeMap<>();
    Label.getDescriptor().getFields().stream()
        .filter(field -> field.getJavaType() == JavaType.ENUM)
        .forEach(field -> enums.put(field.getName(), field.getEnumType()));
    enums.put("person_role", Person.getDescriptor().findFieldByName("role").getEnumType());
    return Collections.unmodifiableMap(enums);
  }

  /** Any source code followed by any information code. */
  private static Pattern form(CodeFile.Evaluations scheme) {
    return Pattern.compile(anyOf(scheme.source()) + anyOf(scheme.information()));
  }

  private static String anyOf(Map<String, Wording> codes) {
    return codes.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|", "(?:", ")"));
  }

  /** Schemes of source evaluation by name, with the form of their values. */
  Map<String, Pattern> evaluationForms() {
    return evaluationForms;
  }

  /** The sharing markings that labels may carry. */
  public Set<String> markings() {
    return knownMarkings;
  }

  /**
   * The order of strictness of sharing markings, and those that require the originator's consent.
   */
  public SharingOrder sharing() {
    return sharing;
  }

  /**
   * The indicators that risk scores may use besides clients' own codes; empty if any may be used.
   */
  public Set<String> indicators() {
    return indicators.keySet();
  }

  /** The scheme with this name. */
  public Optional<ClassificationScheme> scheme(String name) {
    return Optional.ofNullable(schemes.get(name));
  }

  /** Names of the schemes. */
  public Set<String> schemes() {
    return schemes.keySet();
  }

  /** The scheme that an agency uses: by the agency's name, or else by its jurisdiction. */
  public Optional<ClassificationScheme> schemeUsedBy(String agency, Optional<String> jurisdiction) {
    return usedBy(agency).or(() -> jurisdiction.flatMap(this::usedBy));
  }

  private Optional<ClassificationScheme> usedBy(String name) {
    return schemes.values().stream().filter(it -> it.usedBy().contains(name)).findFirst();
  }

  /** The equivalents in one direction; empty if none are configured. */
  public Optional<ClassificationScheme.Equivalence> equivalence(String from, String to) {
    return Optional.ofNullable(equivalences.get(new ClassificationScheme.Direction(from, to)));
  }

  /**
   * Checks a text that a condition compares with a label field or an agency: whether the text can
   * never occur there because no list contains it or its form is wrong.
   *
   * @param with {@code origin}, {@code recipient}, or a field such as {@code label.markings}
   * @return the valid values; empty if the text can occur, or if any text can
   */
  Optional<String> validInsteadOf(String with, String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return switch (with) {
      case "origin", "recipient" ->
          AGENCY.matcher(text).matches() ? Optional.empty() : Optional.of(AGENCY_FORM);
      case "label.jurisdictions" ->
          CodedText.JURISDICTION.valid(text)
              ? Optional.empty()
              : Optional.of(CodedText.JURISDICTION.form());
      case "label.markings" -> unless(text, markings.containsKey(text), markings.keySet());
      case "label.source_evaluation" -> unless(text, isEvaluation(text), evaluationExamples());
      case "label.classification_scheme" ->
          unless(text, schemes.containsKey(text), schemes.keySet());
      case "label.classification_marking" ->
          unless(
              text,
              schemes.values().stream().anyMatch(it -> it.level(text).isPresent()),
              schemes.values().stream().flatMap(it -> it.levels().keySet().stream()).toList());
      default -> Optional.empty();
    };
  }

  /** Whether the compared value has a form instead of a list. */
  static boolean hasForm(String with) {
    return AGENCIES_AND_JURISDICTIONS.contains(with);
  }

  private static Optional<String> unless(String text, boolean known, Collection<String> all) {
    return known
        ? Optional.empty()
        : Optional.of(
            all.isEmpty() ? "none: the code list is empty" : NameSuggestion.oneOf(text, all));
  }

  private boolean isEvaluation(String text) {
    int colon = text.indexOf(':');
    Pattern form = colon < 0 ? null : evaluationForms.get(text.substring(0, colon));
    return form != null && form.matcher(text.substring(colon + 1)).matches();
  }

  private List<String> evaluationExamples() {
    return evaluations.entrySet().stream()
        .map(
            it ->
                it.getKey()
                    + ":["
                    + String.join("", it.getValue().source().keySet())
                    + "]["
                    + String.join("", it.getValue().information().keySet())
                    + "]")
        .toList();
  }

  /** Label values without a text in any list, such as {@code category OTHER}. */
  public List<String> wordless() {
    return entries().stream()
        .filter(it -> it.meaning() == null)
        .map(it -> it.list() + " " + it.code())
        .toList();
  }

  /** Every value of every list, for people. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    ENUMS.forEach((list, type) -> enumEntries(list, type, entries));
    markings.forEach(
        (code, meaning) ->
            entries.add(
                new Entry(
                    "markings",
                    code,
                    meaning,
                    sharing.asksConsent(code) ? "passed on only with consent" : "")));
    evaluations.forEach((name, scheme) -> evaluationEntries(name, scheme, entries));
    indicators.forEach((code, meaning) -> entries.add(new Entry("indicators", code, meaning, "")));
    schemes.values().forEach(scheme -> schemeEntries(scheme, entries));
    return entries;
  }

  private void enumEntries(String list, EnumDescriptor type, List<Entry> entries) {
    Map<String, Wording> texts = words.getOrDefault(list, Map.of());
    for (EnumValueDescriptor value : type.getValues()) {
      if (value.getNumber() != 0) {
        String word = EnumNames.word(value);
        entries.add(new Entry(list, word, texts.get(word), ""));
      }
    }
  }

  private static void evaluationEntries(
      String name, CodeFile.Evaluations scheme, List<Entry> entries) {
    entries.add(new Entry("source_evaluation", name, scheme.title(), "scheme"));
    scheme
        .source()
        .forEach(
            (code, meaning) ->
                entries.add(new Entry("source_evaluation", name + ":" + code, meaning, "source")));
    scheme
        .information()
        .forEach(
            (code, meaning) ->
                entries.add(
                    new Entry("source_evaluation", name + ":" + code, meaning, "information")));
  }

  private void schemeEntries(ClassificationScheme scheme, List<Entry> entries) {
    String users =
        scheme.usedBy().isEmpty()
            ? "used by no member"
            : "used by " + scheme.usedBy().stream().sorted().collect(Collectors.joining(", "));
    entries.add(new Entry("classification_scheme", scheme.name(), scheme.title(), users));
    scheme
        .levels()
        .forEach(
            (marking, level) ->
                entries.add(
                    new Entry(
                        "classification_scheme",
                        scheme.name() + ": " + marking,
                        scheme.meanings().get(marking),
                        EnumNames.word(level) + handledAs(scheme.name(), marking))));
  }

  /** The marking's equivalents in other schemes. */
  private String handledAs(String scheme, String marking) {
    return schemes.keySet().stream()
        .map(to -> equivalence(scheme, to))
        .flatMap(Optional::stream)
        .filter(it -> it.markings().containsKey(marking))
        .map(it -> "; in " + it.direction().to() + " as " + it.markings().get(marking))
        .collect(Collectors.joining());
  }

  @Override
  public String toString() {
    return "code lists of " + markings.size() + " markings, schemes " + schemes.keySet();
  }
}
