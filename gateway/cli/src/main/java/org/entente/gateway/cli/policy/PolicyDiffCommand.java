package org.entente.gateway.cli.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.node.offline.ConfiguredPolicy;
import org.entente.gateway.policy.analysis.PolicyReplay;
import org.entente.gateway.policy.analysis.RulebookComparison;
import org.entente.gateway.policy.analysis.RulebookComparison.Difference;
import org.entente.gateway.policy.analysis.RulebookComparison.Outcome;
import org.entente.gateway.policy.analysis.RulebookComparison.Relation;
import org.entente.gateway.policy.terms.LabelNotation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares candidate rules with the rules in force. */
@Command(
    name = "diff",
    description = {
      "Compares candidate rules with those of a node. Changes nothing.",
      "",
      "Without --ledger it searches for a message on which the two decide differently, among"
          + " labels",
      "built from the values that occur in either. The result is equivalent, narrower, wider or"
          + " disjoint",
      "(permits more of some messages, less of others), with example messages. It says if the"
          + " search is",
      "not a proof.",
      "",
      "With --ledger it evaluates the labels in the ledger of a stopped node by both: messages"
          + " received",
      "and not erased, each at its time of receipt, drafts held for a second person, and messages"
          + " sent",
      "in the last 400 days, of whose labels only a part is kept, as if their bodies were empty.",
      "",
      "Exit code 0 if no decision differs, otherwise 1."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente policy diff --config fr.customs.yaml --candidate new-agreements",
      "  entente policy diff --config fr.customs.yaml --candidate new-agreements --ledger --json"
    })
final class PolicyDiffCommand extends PrintingCommand {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "node.yaml whose rules are in force")
  private Path config = Path.of("");

  @Option(
      names = "--candidate",
      required = true,
      paramLabel = "FOLDER",
      description = "the candidate's agreements")
  private Path candidate = Path.of("");

  @Option(
      names = "--candidate-rules",
      paramLabel = "FILE",
      description = "the candidate's node rules (default: the node's own)")
  private @Nullable Path candidateRules;

  @Option(
      names = "--candidate-codes",
      paramLabel = "FOLDER",
      description = "the candidate's code lists (default: the node's own)")
  private @Nullable Path candidateCodes;

  @Option(names = "--ledger", description = "evaluate the labels in the ledger of the stopped node")
  private boolean ledger;

  @Option(
      names = "--most",
      paramLabel = "N",
      description = "most combinations that the search tries (default: ${DEFAULT-VALUE})")
  private long most = RulebookComparison.DEFAULT_MOST;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @Override
  public void run() {
    if (most < 1) {
      throw new UsageError("--most: " + most + "; valid: 1 or more");
    }
    ConfiguredPolicy node = ConfiguredPolicy.read(config, InstantSource.system());
    ConfiguredPolicy.RulePaths place = node.place(candidate, candidateRules, candidateCodes);
    if (ledger) {
      replayed(node.replay(place));
    } else {
      searched(node.compare(place, most));
    }
  }

  private void replayed(PolicyReplay replay) {
    if (json) {
      ObjectNode object = JsonText.object().put("messages", replay.messages());
      object.putArray("changed");
      for (PolicyReplay.ChangedOutcome it : replay.changed()) {
        ObjectNode one =
            object
                .withArray("changed")
                .addObject()
                .put("message", it.message().toString())
                .put("direction", it.egress() ? "EGRESS" : "INGRESS")
                .put("from", it.origin().value())
                .put("to", it.recipient().value())
                .put("at", it.at().toString())
                .put("current", it.current().words())
                .put("candidate", it.candidate().words());
        it.how().forEach(one.putArray("how")::add);
      }
      object
          .put("differing", replay.differing())
          .put("not_listed", replay.notListed())
          .put("sent", replay.sent());
      replay.notKept().forEach(object.putArray("not_kept_of_sent")::add);
      out().println(JsonText.line(object));
    } else {
      for (PolicyReplay.ChangedOutcome it : replay.changed()) {
        out()
            .println(
                "%s  %s to %s  %s".formatted(it.message(), it.origin(), it.recipient(), it.at()));
        it.how().forEach(how -> out().println("    " + TerminalText.printable(how)));
      }
      out()
          .println(
              "%d of %d messages in the ledger would be decided differently"
                  .formatted(replay.differing(), replay.messages()));
      inPart(replay);
    }
    failUnless(replay.changed().isEmpty());
  }

  private void inPart(PolicyReplay replay) {
    if (replay.notListed() > 0) {
      out().println("%d more differences are not listed".formatted(replay.notListed()));
    }
    if (replay.sent() > 0) {
      String lacking = String.join(", ", replay.notKept());
      out()
          .println(
              ("%d of them were sent: evaluated with empty bodies, by the parts of their labels"
                      + " that are kept%s")
                  .formatted(
                      replay.sent(),
                      lacking.isEmpty() ? "" : ", without " + lacking + ", which conditions read"));
    }
  }

  private void searched(Outcome outcome) {
    boolean same = outcome.relation() == Relation.EQUIVALENT && outcome.other().isEmpty();
    if (json) {
      ObjectNode object =
          JsonText.object()
              .put("relation", outcome.relation().name())
              .put("tried", outcome.tried())
              .put("exhaustive", outcome.incomplete().isEmpty());
      outcome.incomplete().forEach(object.putArray("incomplete")::add);
      outcome.wider().ifPresent(it -> fill(object.putObject("wider"), it));
      outcome.narrower().ifPresent(it -> fill(object.putObject("narrower"), it));
      outcome.other().ifPresent(it -> fill(object.putObject("other_agreement"), it));
      out().println(JsonText.line(object));
    } else {
      out()
          .println(
              "%s: %s"
                  .formatted(
                      outcome.relation().name().toLowerCase(Locale.ROOT),
                      meaning(outcome.relation())));
      tell("permits more", outcome.wider());
      tell("permits less", outcome.narrower());
      tell("under another agreement", outcome.other());
      out().println(outcome.tried() + " combinations tried" + proof(outcome));
    }
    failUnless(same);
  }

  private static String meaning(Relation relation) {
    return switch (relation) {
      case EQUIVALENT -> "the candidate permits the same";
      case NARROWER -> "the candidate permits less, and nothing more";
      case WIDER -> "the candidate permits more, and nothing less";
      case DISJOINT -> "the candidate permits more of some messages, and less of others";
    };
  }

  private static String proof(Outcome outcome) {
    if (!outcome.incomplete().isEmpty()) {
      return "; not exhaustive: " + TerminalText.printable(String.join("; ", outcome.incomplete()));
    }
    return outcome.relation() == Relation.DISJOINT
        ? ", of which two prove it"
        : ", all that the rules can distinguish";
  }

  private void tell(String what, Optional<Difference> found) {
    found.ifPresent(
        it -> {
          out()
              .println(
                  "  %s, for example, %s to %s, %d bytes%s, at %s:"
                      .formatted(
                          what,
                          it.origin(),
                          it.recipient(),
                          it.bodyBytes(),
                          it.namesPersons() ? ", naming persons" : "",
                          it.at()));
          out().println("    " + TerminalText.printable(LabelNotation.line(it.label())));
          it.how().forEach(how -> out().println("    " + TerminalText.printable(how)));
        });
  }

  private static void fill(ObjectNode object, Difference it) {
    object
        .put("direction", it.egress() ? "EGRESS" : "INGRESS")
        .put("from", it.origin().value())
        .put("to", it.recipient().value())
        .put("body_bytes", it.bodyBytes())
        .put("names_persons", it.namesPersons())
        .put("at", it.at().toString())
        .put("current", it.current().words())
        .put("candidate", it.candidate().words());
    LabelNotation.of(it.label()).forEach(object.putObject("label")::putPOJO);
    it.how().forEach(object.putArray("how")::add);
  }
}
