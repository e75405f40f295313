package org.entente.gateway.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.entente.gateway.NodeCheck;
import org.entente.gateway.PolicyTools;
import org.entente.gateway.StartProblem;
import org.entente.gateway.policy.Explanation;
import org.entente.gateway.policy.LabelWords;
import org.entente.gateway.policy.Residual;
import org.entente.gateway.policy.Verdict;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Commands about policy. */
@Command(
    name = "policy",
    description = "Asks policy before anything is sent, and tests, lints and compares rules.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PolicyCommand.Explain.class,
      PolicyTesting.class,
      PolicyLinting.class,
      PolicyDiff.class,
      PolicyFmt.class,
      PolicyCodes.class,
      PolicySchema.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class PolicyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }

  /** What policy would decide, and why. */
  @Command(
      name = "explain",
      description = {
        "Says what a node's policy would decide for a message, agreement by agreement, and why.",
        "Exit code 0 if at least one recipient is permitted, 1 if none is."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  entente policy explain --config fr.customs.yaml --to sg.police --to de.customs \\",
        "      --category IPR --purpose IPR_ENFORCEMENT"
      })
  static final class Explain implements Callable<Integer> {
    /** Fields of a label that files name and that it is not asked of: gateways set them. */
    private static final Set<String> GATEWAYS = Set.of("agreement", "redacted");

    @Option(
        names = "--config",
        required = true,
        paramLabel = "FILE",
        description = "node.yaml of the sender")
    private Path config = Path.of("");

    @Option(names = "--to", paramLabel = "AGENCY", description = "recipient; may be repeated")
    private List<String> to = List.of();

    @Option(
        names = "--to-jurisdiction",
        paramLabel = "CODE",
        description = "every agency of a jurisdiction or group, such as EU; may be repeated")
    private List<String> jurisdictions = List.of();

    @Option(names = "--kind", defaultValue = "ALERT", description = "default: ${DEFAULT-VALUE}")
    private String kind = "ALERT";

    @Option(names = "--category", required = true, description = "such as IPR or NARCOTICS")
    private String category = "";

    @Option(names = "--purpose", required = true, description = "such as IPR_ENFORCEMENT")
    private String purpose = "";

    @Option(
        names = "--classification",
        defaultValue = "UNCLASSIFIED",
        description = "default: ${DEFAULT-VALUE}")
    private String classification = "UNCLASSIFIED";

    @Option(
        names = "--classification-scheme",
        paramLabel = "SCHEME",
        description = "scheme of the national marking, such as FR")
    private @Nullable String scheme;

    @Option(
        names = "--classification-marking",
        paramLabel = "MARKING",
        description = "national marking, such as 'DIFFUSION RESTREINTE'")
    private @Nullable String marking;

    @Option(names = "--personal-data", description = "the body contains personal data")
    private boolean personalData;

    @Option(
        names = "--names-persons",
        description = "the body names persons and contains no other personal data")
    private boolean namesPersons;

    @Option(names = "--agreement", description = "only this agreement")
    private @Nullable String agreement;

    @Option(
        names = "--unknown",
        paramLabel = "FIELD",
        description = "this field of the label is not known: what comes of which of its values")
    private @Nullable String unknown;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      Addressing addressing =
          Addressing.newBuilder()
              .addAllAgencies(to)
              .addAllJurisdictions(jurisdictions)
              .setWhomAgreementsAllow(to.isEmpty() && jurisdictions.isEmpty())
              .build();
      String field = unknown;
      Explanation explanation;
      try {
        if (field != null) {
          return residuals(field, addressing);
        }
        explanation =
            NodeCheck.explain(config, label(), addressing, namesPersons, InstantSource.system());
      } catch (StartProblem e) {
        throw new CommandFailure(String.valueOf(e.getMessage()), e);
      }
      spec.commandLine().getOut().print(explanation.text());
      spec.commandLine().getOut().flush();
      return explanation.recipients().stream().anyMatch(r -> r.refusal().isEmpty()) ? 0 : 1;
    }

    private int residuals(String field, Addressing to) {
      if (!LabelWords.names().contains(field) || GATEWAYS.contains(field)) {
        throw new CommandFailure(
            "--unknown: "
                + Screen.printable(field)
                + " is no field that it can be asked of; valid: "
                + String.join(", ", LabelWords.names()));
      }
      PrintWriter out = spec.commandLine().getOut();
      boolean some = false;
      for (Residual it :
          PolicyTools.read(config, InstantSource.system()).residuals(label(), field, to)) {
        out.printf("%s, depending on %s (%s):%n", it.recipient(), it.field(), it.type());
        for (Residual.Branch branch : it.branches()) {
          some |= branch.verdict().outcome() != Verdict.Outcome.REFUSED;
          out.println("  " + Screen.printable(branch.verdict().inShort()));
          out.println("    if " + Screen.printable(branch.condition()));
        }
        if (!it.whole()) {
          out.println("  not exhaustive: only texts that stand in conditions were tried");
        }
      }
      out.flush();
      return some ? 0 : 1;
    }

    private Label label() {
      return Label.newBuilder()
          .setKind(EnumWord.of(Kind.class, "KIND_", kind))
          .setCategory(EnumWord.of(Category.class, "CATEGORY_", category))
          .setPurpose(EnumWord.of(Purpose.class, "PURPOSE_", purpose))
          .setClassification(EnumWord.of(Classification.class, "CLASSIFICATION_", classification))
          .setClassificationScheme(scheme == null ? "" : scheme)
          .setClassificationMarking(marking == null ? "" : marking)
          .setPersonalData(personalData || namesPersons)
          .setAgreement(agreement == null ? "" : agreement)
          .build();
    }
  }
}
