package org.entente.gateway.cli.policy;

import com.google.protobuf.Timestamp;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.cli.call.FieldOptions;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.call.SendOptions;
import org.entente.gateway.cli.call.SenderOptions;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.DeskAddressParser;
import org.entente.gateway.cli.text.ExplanationText;
import org.entente.gateway.cli.text.JsonText;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Explains what policy would decide, and why. */
@Command(
    name = "explain",
    description = {
      "Explains what policy would decide on a message, for each agreement; sends nothing.",
      "Give the message by options, without a body, or with bodies in files that `send` accepts"
          + " (--alerts).",
      "A running gateway (--gateway) gives the answer that `send` would get: it knows messages,"
          + " consents,",
      "the members of operations, and the obligations that recipients state they fulfil. A node's"
          + " files",
      "(--config) do not hold these.",
      "Exit code 0 if at least one recipient is permitted or held, 3 if policy refuses all; with"
          + " --alerts 3 if",
      "it refuses all of any draft, and 1 if a draft cannot be read."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente policy explain --config fr.customs.yaml --to sg.police --to de.customs \\",
      "      --category IPR --purpose IPR_ENFORCEMENT",
      "  entente policy explain --gateway 127.0.0.1:7441 --credentials"
          + " fr.customs/clients/declarations \\",
      "      --to de.customs --category IPR --purpose IPR_ENFORCEMENT --derived-from 0197…3f \\",
      "      --officer FR-3 --justification 'case 12/26'",
      "  entente policy explain --config fr.customs.yaml --alerts config/samples/ipr.jsonl",
      "  entente policy explain --config fr.customs.yaml --agreements candidate --at 2029-01-01"
          + " --to sg.police \\",
      "      --category IPR --purpose IPR_ENFORCEMENT"
    })
final class PolicyExplainCommand extends PrintingCommand {
  /** Options that select the source of the decision. */
  static final class ExplainerOptions {
    @ArgGroup(exclusive = false)
    private @Nullable PolicyFiles files;

    @ArgGroup(exclusive = false)
    private @Nullable GatewayAddress gateway;
  }

  @ArgGroup private ExplainerOptions where = new ExplainerOptions();

  @Option(
      names = "--alerts",
      paramLabel = "PATH",
      description =
          "file or folder of drafts, as `send` reads them. Drafts as protobuf JSON may omit key and"
              + " body here, and may be requests and answers.")
  private @Nullable Path alerts;

  @Option(
      names = "--mapping",
      paramLabel = "FILE",
      description = "mapping of source records to drafts; with --alerts")
  private @Nullable Path mapping;

  @Option(
      names = "--to",
      paramLabel = "AGENCY",
      description = "recipient, or one of its desks; may be repeated")
  private List<String> to = List.of();

  @RequestField("to.jurisdictions")
  @Option(
      names = "--to-jurisdiction",
      paramLabel = "CODE",
      description = "every agency of a jurisdiction or group, such as EU; may be repeated")
  private List<String> jurisdictions = List.of();

  @Option(
      names = "--whom-agreements-allow",
      description = "every agency that agreements allow; the default if no recipient is named")
  private boolean whomAgreementsAllow;

  @Mixin private QueryLabelOptions label = new QueryLabelOptions();

  @Mixin private SendOptions options = new SendOptions();

  @Option(
      names = "--names-persons",
      description = "the body names persons and contains no other personal data")
  private boolean namesPersons;

  @Mixin private SenderOptions sender = new SenderOptions();

  @Option(
      names = "--passes-on",
      paramLabel = "FILE",
      description =
          "labels of messages that it passes on, in the form of `passes_on` in expectations; with"
              + " --config")
  private @Nullable Path passesOn;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "time of the decision, in UTC: the command applies the agreements of the present files"
              + " that are in force then; with --config (default: now)")
  private @Nullable Timestamp at;

  @Option(
      names = "--json",
      description =
          "print the answer of Publisher.Explain as one JSON object on one line; "
              + "with --alerts one for each draft, in `explained` beside `file`, `line` and `key`")
  private boolean json;

  @Override
  public void run() {
    requireWhole();
    Path files = alerts;
    try (DraftExplainer answers = answers()) {
      if (files == null) {
        refuseUnless(one(answers));
      } else {
        all(files, answers);
      }
    } finally {
    }
  }

  private boolean one(DraftExplainer answers) {
    ExplainResponse answer = answers.ask(question(written()));
    if (json) {
      out().println(JsonText.of(answer));
    } else {
      print(answer);
    }
    return answer.getOutcome() != ExplainedOutcome.EXPLAINED_OUTCOME_REFUSED;
  }

  private void all(Path files, DraftExplainer answers) {
    DraftBatchExplainer drafts =
        new DraftBatchExplainer(
            out(), err(), alert -> answers.ask(question(by(options.applied(alert.draft())))));
    drafts.ask(files, mapping, label.said(), addressing(), json ? null : this::print);
    failUnless(drafts.bad() == 0);
    refuseUnless(drafts.refused() == 0);
  }

  private void requireWhole() {
    boolean files = alerts != null;
    boolean config = where.files != null;
    Draft given = options.applied(Draft.getDefaultInstance());
    require(files || mapping == null, "--mapping: needs --alerts");
    require(
        config || passesOn == null,
        "--passes-on: needs --config; with --gateway use --derived-from");
    require(config || at == null, "--at: needs --config, since a gateway decides by its own clock");
    require(
        !config || given.getDerivedFromCount() == 0,
        "--derived-from: needs --gateway, since only a gateway knows its messages; or give their"
            + " labels by --passes-on FILE");
    require(
        !config || given.getTo().getOperation().isEmpty(),
        "--operation: needs --gateway, since only a gateway knows its members; or name them by"
            + " --to");
  }

  private DraftExplainer answers() {
    PolicyFiles rules = where.files;
    GatewayAddress gateway = where.gateway;
    FieldOptions fields = fields(alerts != null);
    if (rules != null) {
      Timestamp time = at;
      return DraftExplainer.ofFiles(
          rules,
          passesOn,
          time == null ? null : Instant.ofEpochSecond(time.getSeconds(), time.getNanos()),
          fields);
    }
    return DraftExplainer.ofGateway(gateway == null ? new GatewayAddress() : gateway, fields);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new UsageError(otherwise);
    }
  }

  private ExplainRequest question(Draft draft) {
    return ExplainRequest.newBuilder().setDraft(draft).setNamesPersons(namesPersons).build();
  }

  /** The draft given by the options. */
  private Draft written() {
    Draft said = options.applied(Draft.newBuilder().setLabel(label.whole()).build());
    Addressing more = said.getTo();
    Addressing.Builder whom = addressing().toBuilder().mergeFrom(more);
    boolean nobody = whom.build().equals(Addressing.getDefaultInstance());
    return by(
        said.toBuilder().setTo(whom.setWhomAgreementsAllow(whomAgreementsAllow || nobody)).build());
  }

  private Addressing addressing() {
    return DeskAddressParser.addressing("--to", to).toBuilder()
        .addAllJurisdictions(jurisdictions)
        .setWhomAgreementsAllow(whomAgreementsAllow)
        .build();
  }

  /** The draft with the officer of the options, or else with its own. */
  private Draft by(Draft draft) {
    OnBehalfOf person = sender.person();
    return person.equals(OnBehalfOf.getDefaultInstance())
        ? draft
        : draft.toBuilder().setOnBehalfOf(person).build();
  }

  private void print(ExplainResponse answer) {
    new ExplanationText(out(), where.files == null).print(answer);
  }
}
