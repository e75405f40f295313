package org.entente.gateway.cli.call;

import org.entente.proto.v1.Category;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import picocli.CommandLine.Option;

/** A call that publishes one message whose category and purpose are given on the command line. */
public abstract class TopicDraftCall extends DraftCall {
  @Option(
      names = "--category",
      required = true,
      paramLabel = "NAME",
      description = "subject matter, such as IPR or NARCOTICS")
  private Category category = Category.CATEGORY_UNSPECIFIED;

  @Option(
      names = "--purpose",
      required = true,
      paramLabel = "NAME",
      description = "purpose, such as CUSTOMS_CONTROL or CRIME_PREVENTION")
  private Purpose purpose = Purpose.PURPOSE_UNSPECIFIED;

  /** The label of the options. */
  public final Label.Builder label(Kind kind) {
    return label(kind, category, purpose);
  }
}
