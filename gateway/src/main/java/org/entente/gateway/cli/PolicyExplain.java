package org.entente.gateway.cli;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.entente.gateway.NodeCheck;
import org.entente.gateway.PolicyTools;
import org.entente.gateway.StartProblem;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.Residual;
import org.entente.gateway.policy.Source;
import org.entente.gateway.wire.Explanations;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.ResidualBranch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What policy would decide, and why. */
@Command(
    name = "explain",
    description = {
      "Says what would become of a message, agreement by agreement, and why; sends nothing.",
      "Of a running gateway (--gateway) it is the answer that `send` would get: it knows what was",
      "received, what originators consented to, and which obligations recipients say they fulfil.",
      "By a node's files (--config) these are not known.",
      "Exit code 0 if at least one recipient is permitted or held (with --unknown, by some value of",
      "the field), 1 if none is."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente policy explain --config fr.customs.yaml --to sg.police --to de.customs \\",
      "      --category IPR --purpose IPR_ENFORCEMENT",
      "  entente policy explain --gateway 127.0.0.1:7441 --credentials fr.customs/clients/declarations \\",
      "      --to de.customs --category IPR --purpose IPR_ENFORCEMENT --derived-from 0197…3f \\",
      "      --officer FR-3 --justification 'case 12/26'"
    })
final class PolicyExplain implements Callable<Integer> {
  /** Whom to ask. */
  static final class Where {
    @Option(
        names = "--config",
        required = true,
        paramLabel = "FILE",
        description = "node.yaml of the sender")
    private @Nullable Path config;

    @ArgGroup(exclusive = false)
    private @Nullable GatewayAddress gateway;
  }

  @ArgGroup(multiplicity = "1")
  private Where where = new Where();

  @Option(
      names = "--to",
      paramLabel = "AGENCY",
      description = "recipient, or a desk of it; may be repeated")
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

  @Option(
      names = "--handling",
      paramLabel = "CODE",
      description = "handling code H0, H1 or H2; may be repeated")
  private List<String> handling = List.of();

  @Option(names = "--personal-data", description = "the body contains personal data")
  private boolean personalData;

  @Option(
      names = "--names-persons",
      description = "the body names persons and contains no other personal data")
  private boolean namesPersons;

  @Option(names = "--agreement", description = "only this agreement")
  private @Nullable String agreement;

  @Option(names = "--officer", description = "the agency's reference of the officer who sends")
  private String officer = "";

  @Option(names = "--unit", description = "the officer's unit")
  private String unit = "";

  @Option(names = "--justification", description = "why it is sent")
  private String justification = "";

  @Option(
      names = "--derived-from",
      paramLabel = "MESSAGE",
      description =
          "received message that it passes on, 32 hex digits; may be repeated; with --gateway")
  private List<String> derivedFrom = List.of();

  @Option(
      names = "--passes-on",
      paramLabel = "FILE",
      description =
          "labels of messages that it passes on, as `passes_on` of expectations; with --config")
  private @Nullable Path passesOn;

  @Option(
      names = "--unknown",
      paramLabel = "FIELD",
      description = "this field of the label is not known: what comes of which of its values")
  private @Nullable String unknown;

  @Option(
      names = "--json",
      description = "print what Publisher.Explain answers as one JSON object in a line")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Path config = where.config;
    ExplainResponse answer;
    try {
      if (config == null) {
        answer = asked();
      } else {
        answer = unknown == null ? read(config) : open(config, unknown);
      }
    } catch (StartProblem e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(SearchCommand.json(answer));
    } else if (unknown != null) {
      residuals(out, answer, unknown);
    } else {
      new ExplainedText(out, config == null).print(answer);
    }
    out.flush();
    return isPermitted(answer) ? 0 : 1;
  }

  /** To some recipient; while a field is not known, with some value of it. */
  private boolean isPermitted(ExplainResponse answer) {
    return unknown == null
        ? answer.getOutcome() != ExplainedOutcome.EXPLAINED_OUTCOME_REFUSED
        : answer.getResidualsList().stream()
            .flatMap(it -> it.getBranchesList().stream())
            .anyMatch(it -> it.getOutcome() != ExplainedOutcome.EXPLAINED_OUTCOME_REFUSED);
  }

  private ExplainResponse asked() {
    require(passesOn == null, "--passes-on: a gateway knows its messages: --derived-from");
    GatewayAddress gateway = where.gateway;
    if (gateway == null) {
      throw new CommandFailure("--gateway or --config is needed");
    }
    ManagedChannel channel = gateway.open();
    try {
      return PublisherGrpc.newBlockingStub(channel)
          .explain(
              ExplainRequest.newBuilder()
                  .setDraft(draft())
                  .setNamesPersons(namesPersons)
                  .setUnknown(unknown == null ? "" : unknown)
                  .build());
    } catch (StatusRuntimeException e) {
      throw RpcFailures.explain(e);
    } finally {
      channel.shutdownNow();
    }
  }

  private ExplainResponse read(Path config) {
    return Explanations.message(
        NodeCheck.explain(config, draft(), namesPersons, sources(), InstantSource.system()));
  }

  private List<Source> sources() {
    require(
        derivedFrom.isEmpty(),
        "--derived-from: only a gateway knows its messages, with --gateway; --passes-on FILE has"
            + " their labels");
    return passesOn == null ? List.of() : NodeCheck.sources(passesOn);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new CommandFailure(otherwise);
    }
  }

  private static void residuals(PrintWriter out, ExplainResponse answer, String field) {
    for (org.entente.proto.v1.Residual it : answer.getResidualsList()) {
      out.printf("%s, depending on %s (%s):%n", it.getAgency(), field, it.getType());
      for (ResidualBranch branch : it.getBranchesList()) {
        out.println("  " + Screen.printable(branch.getWords()));
        out.println("    if " + Screen.printable(branch.getCondition()));
      }
      if (!it.getWhole()) {
        out.println("  not exhaustive: only texts that stand in conditions were tried");
      }
    }
  }

  private ExplainResponse open(Path config, String field) {
    require(
        Residual.fields().contains(field),
        "--unknown: "
            + Screen.printable(field)
            + " is no field that it can be asked of; valid: "
            + String.join(", ", Residual.fields()));
    PolicyTools node = PolicyTools.read(config, InstantSource.system());
    boolean person = !officer.isBlank() && !justification.isBlank();
    Residual.Known known = new Residual.Known(label(), namesPersons, person, sources());
    return Explanations.open("", node.residuals(known, field, to()));
  }

  private Draft draft() {
    Draft.Builder out =
        Draft.newBuilder()
            .setLabel(label())
            .setTo(to())
            .setOnBehalfOf(
                OnBehalfOf.newBuilder()
                    .setOfficer(officer)
                    .setUnit(unit)
                    .setJustification(justification));
    for (String id : derivedFrom) {
      try {
        out.addDerivedFrom(ByteString.copyFrom(MessageId.parse(id).bytes()));
      } catch (InvalidValue e) {
        throw new CommandFailure("--derived-from: " + e.getMessage(), e);
      }
    }
    return out.build();
  }

  private Addressing to() {
    return DeskWord.addressing("--to", to).toBuilder()
        .addAllJurisdictions(jurisdictions)
        .setWhomAgreementsAllow(to.isEmpty() && jurisdictions.isEmpty())
        .build();
  }

  private Label label() {
    Label.Builder out =
        Label.newBuilder()
            .setKind(EnumWord.of(Kind.class, "KIND_", kind))
            .setCategory(EnumWord.of(Category.class, "CATEGORY_", category))
            .setPurpose(EnumWord.of(Purpose.class, "PURPOSE_", purpose))
            .setClassification(EnumWord.of(Classification.class, "CLASSIFICATION_", classification))
            .setClassificationScheme(scheme == null ? "" : scheme)
            .setClassificationMarking(marking == null ? "" : marking)
            .setPersonalData(personalData || namesPersons)
            .setAgreement(agreement == null ? "" : agreement);
    handling.forEach(code -> out.addHandling(EnumWord.of(Handling.class, "HANDLING_", code)));
    return out.build();
  }
}
