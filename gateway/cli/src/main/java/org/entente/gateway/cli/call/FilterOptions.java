package org.entente.gateway.cli.call;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.deliver.FilterLimits;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Severity;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * Options that select messages. A message must match every option, and any one value of a repeated
 * option. A value that no label can hold is refused before the call, and the error names the valid
 * values.
 */
public final class FilterOptions {
  @Option(
      names = "--kind",
      paramLabel = "NAME",
      converter = KindConverter.class,
      description = "only this kind, such as ALERT or INTELLIGENCE; may be repeated")
  private List<Kind> kinds = List.of();

  @Option(
      names = "--category",
      paramLabel = "NAME",
      converter = CategoryConverter.class,
      description = "only this category, such as IPR or NARCOTICS; may be repeated")
  private List<Category> categories = List.of();

  @Option(
      names = "--jurisdiction",
      paramLabel = "CODE",
      converter = Jurisdiction.class,
      description = "only messages that concern it, such as FR or US-CA; may be repeated")
  private List<String> jurisdictions = List.of();

  @Option(
      names = "--origin",
      paramLabel = "AGENCY",
      converter = Agency.class,
      description = "only messages that it sent; may be repeated")
  private List<String> origins = List.of();

  @Option(
      names = "--desk",
      paramLabel = "DESK",
      converter = Desk.class,
      description = "only messages for this desk of the agency; may be repeated")
  private List<String> desks = List.of();

  @Option(
      names = "--severity",
      paramLabel = "NAME",
      converter = SeverityConverter.class,
      description = "only messages of at least this severity: MINOR to EXTREME")
  private @Nullable Severity severity;

  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  /**
   * The filter.
   *
   * @throws CommandFailure if there are more values than a gateway accepts
   */
  public Filter.Builder filter() {
    Filter.Builder filter =
        Filter.newBuilder()
            .setExercise(exercise)
            .addAllKinds(kinds)
            .addAllCategories(categories)
            .addAllJurisdictions(jurisdictions)
            .addAllOrigins(origins)
            .addAllDesks(desks);
    if (severity != null) {
      filter.setMinimumSeverity(severity);
    }
    for (Problem problem : FilterLimits.problems("filter", filter.build())) {
      throw new UsageError(problem.field() + " " + problem.message());
    }
    return filter;
  }

  /** The proto enum value that a word names, in any case and without the prefix. */
  private static <E extends Enum<E>> E word(Class<E> type, String prefix, String word) {
    String name = prefix + word.strip().toUpperCase(Locale.ROOT);
    List<String> valid = new ArrayList<>();
    for (E value : type.getEnumConstants()) {
      boolean meant = value.name().startsWith(prefix) && !value.name().endsWith("_UNSPECIFIED");
      if (meant && value.name().equals(name)) {
        return value;
      }
      if (meant) {
        valid.add(value.name().substring(prefix.length()));
      }
    }
    throw refused(word, "is none of " + String.join(", ", valid));
  }

  private static TypeConversionException refused(String value, String why) {
    return new TypeConversionException("'" + InvalidValue.printable(value) + "' " + why);
  }

  /** Converts a kind of message. */
  static final class KindConverter implements ITypeConverter<Kind> {
    @Override
    public Kind convert(String word) {
      return word(Kind.class, "KIND_", word);
    }
  }

  /** Converts a category. */
  static final class CategoryConverter implements ITypeConverter<Category> {
    @Override
    public Category convert(String word) {
      return word(Category.class, "CATEGORY_", word);
    }
  }

  /** Converts a severity. */
  static final class SeverityConverter implements ITypeConverter<Severity> {
    @Override
    public Severity convert(String word) {
      return word(Severity.class, "SEVERITY_", word);
    }
  }

  /** Converts a jurisdiction that a label can hold. */
  static final class Jurisdiction implements ITypeConverter<String> {
    @Override
    public String convert(String code) {
      String upper = code.strip().toUpperCase(Locale.ROOT);
      if (!CodedText.JURISDICTION.valid(upper)) {
        throw refused(code, "is not " + CodedText.JURISDICTION.form());
      }
      return upper;
    }
  }

  /** Converts an agency's name. */
  static final class Agency implements ITypeConverter<String> {
    @Override
    public String convert(String name) {
      try {
        return new AgencyName(name.strip()).value();
      } catch (InvalidValue e) {
        throw refused(
            name,
            "is not an agency; valid is two letters or x, a dot and a name, such as fr.customs");
      }
    }
  }

  /** Converts the name of a desk of this agency. */
  static final class Desk implements ITypeConverter<String> {
    @Override
    public String convert(String name) {
      try {
        return new DeskName(name.strip()).value();
      } catch (InvalidValue e) {
        throw refused(
            name, "is not a desk; valid are letters a-z, digits and -, such as narcotics");
      }
    }
  }
}
