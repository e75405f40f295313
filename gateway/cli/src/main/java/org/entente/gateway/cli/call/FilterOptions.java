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
 * The options that say which messages are meant: each that is given must match, of one that is
 * repeated any. A value that could be in no label is refused before anything is asked, naming what
 * would be valid.
 */
public final class FilterOptions {
  @Option(
      names = "--kind",
      paramLabel = "NAME",
      converter = KindConverter.class,
      description = "only such as ALERT or INTELLIGENCE; may be repeated")
  private List<Kind> kinds = List.of();

  @Option(
      names = "--category",
      paramLabel = "NAME",
      converter = CategoryConverter.class,
      description = "only such as IPR or NARCOTICS; may be repeated")
  private List<Category> categories = List.of();

  @Option(
      names = "--jurisdiction",
      paramLabel = "CODE",
      converter = Jurisdiction.class,
      description = "only what concerns it, such as FR or US-CA; may be repeated")
  private List<String> jurisdictions = List.of();

  @Option(
      names = "--origin",
      paramLabel = "AGENCY",
      converter = Agency.class,
      description = "only what it sent; may be repeated")
  private List<String> origins = List.of();

  @Option(
      names = "--desk",
      paramLabel = "DESK",
      converter = Desk.class,
      description = "only what is for this desk of the agency; may be repeated")
  private List<String> desks = List.of();

  @Option(
      names = "--severity",
      paramLabel = "NAME",
      converter = SeverityConverter.class,
      description = "only what is at least so severe: MINOR to EXTREME")
  private @Nullable Severity severity;

  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  /**
   * The filter.
   *
   * @throws CommandFailure if there are more values than a gateway takes
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

  /** The value of an enum of the protos, as people type it. */
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

  /** A kind of message. */
  static final class KindConverter implements ITypeConverter<Kind> {
    @Override
    public Kind convert(String word) {
      return word(Kind.class, "KIND_", word);
    }
  }

  /** What a message is about. */
  static final class CategoryConverter implements ITypeConverter<Category> {
    @Override
    public Category convert(String word) {
      return word(Category.class, "CATEGORY_", word);
    }
  }

  /** How severe it is. */
  static final class SeverityConverter implements ITypeConverter<Severity> {
    @Override
    public Severity convert(String word) {
      return word(Severity.class, "SEVERITY_", word);
    }
  }

  /** A jurisdiction that labels can name. */
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

  /** An agency. */
  static final class Agency implements ITypeConverter<String> {
    @Override
    public String convert(String name) {
      try {
        return new AgencyName(name.strip()).value();
      } catch (InvalidValue e) {
        throw refused(name, "is no agency: two letters or x, a dot and a name, such as fr.customs");
      }
    }
  }

  /** A desk of this agency. */
  static final class Desk implements ITypeConverter<String> {
    @Override
    public String convert(String name) {
      try {
        return new DeskName(name.strip()).value();
      } catch (InvalidValue e) {
        throw refused(name, "is no desk: letters a-z, digits and -, such as narcotics");
      }
    }
  }
}
