package org.entente.gateway.cli.call;

import java.util.List;
import java.util.Locale;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.deliver.FilterLimits;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Severity;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/**
 * Options that select messages. A message must match every option, and any one value of a repeated
 * option. A value that no label can hold is refused before the call, and the error names the valid
 * values.
 */
public final class FilterOptions {
  @Option(
      names = "--kind",
      paramLabel = "NAME",
      description = "only this kind, such as ALERT or INTELLIGENCE; may be repeated")
  private List<Kind> kinds = List.of();

  @Option(
      names = "--category",
      paramLabel = "NAME",
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
      converter = AgencyConverter.class,
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
      description = "only messages of at least this severity: MINOR to EXTREME")
  private Severity severity = Severity.SEVERITY_UNSPECIFIED;

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
            .addAllDesks(desks)
            .setMinimumSeverity(severity);
    for (Problem problem : FilterLimits.problems("filter", filter.build())) {
      throw new UsageError(problem.field() + " " + problem.message());
    }
    return filter;
  }

  /** Converts a jurisdiction that a label can hold. */
  static final class Jurisdiction implements ITypeConverter<String> {
    @Override
    public String convert(String code) {
      String upper = code.strip().toUpperCase(Locale.ROOT);
      if (!CodedText.JURISDICTION.valid(upper)) {
        throw ValueConverters.refused(code, "is not " + CodedText.JURISDICTION.form());
      }
      return upper;
    }
  }

  /** Converts the name of a desk of this agency. */
  static final class Desk implements ITypeConverter<String> {
    @Override
    public String convert(String name) {
      try {
        return new DeskName(name.strip()).value();
      } catch (InvalidValue e) {
        throw ValueConverters.refused(
            name, "is not a desk; valid are letters a-z, digits and -, such as narcotics");
      }
    }
  }
}
