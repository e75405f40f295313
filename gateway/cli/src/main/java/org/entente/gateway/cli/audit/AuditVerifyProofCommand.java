package org.entente.gateway.cli.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.entente.gateway.audit.proof.MessageProof;
import org.entente.gateway.audit.proof.ProofVerdict;
import org.entente.gateway.audit.proof.ProofVerdict.Fails;
import org.entente.gateway.audit.proof.ProofVerdict.Holds;
import org.entente.gateway.audit.proof.ProofVerifier;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.call.RootsFile;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.AgencyName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks the proof of a message. */
@Command(
    name = "verify-proof",
    description = {
      "Checks a proof written by `audit prove`, without a gateway.",
      "Needs only the file and the federation's roots. Names the part that fails: file, trust bundle,",
      "checkpoint, witnesses, leaf, record, header, origin's key or signature. Exit code 0 only if",
      "every part is valid."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ${COMMAND-FULL-NAME} 0197.proof --roots roots.json")
public final class AuditVerifyProofCommand extends PrintingCommand {
  @Parameters(paramLabel = "FILE", description = "the proof")
  private Path file = Path.of("");

  @Option(
      names = "--roots",
      required = true,
      paramLabel = "FILE",
      description = "roots that must have signed the trust bundle in the proof")
  private Path roots = Path.of("");

  @Option(
      names = "--witnesses",
      paramLabel = "N",
      description =
          "how many must have cosigned (default: one, if the federation has another witness)")
  private @Nullable Integer witnesses;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  /** A command whose options picocli sets. */
  public AuditVerifyProofCommand() {}

  @Override
  public void run() {
    ProofVerdict verdict = verify();
    if (verdict instanceof Fails fails && !json) {
      err()
          .println(
              file
                  + ": NOT PROVED; "
                  + fails.part()
                  + ": "
                  + TerminalText.printable(fails.reason()));
    } else {
      out().println(json ? asJson(verdict) : asText((Holds) verdict));
    }
    failUnless(verdict instanceof Holds);
  }

  private ProofVerdict verify() {
    Integer must = witnesses;
    OptionalInt quorum = must == null ? OptionalInt.empty() : OptionalInt.of(must);
    ProofVerifier verifier = new ProofVerifier(RootsFile.read(roots), quorum);
    byte[] proof =
        OptionFile.access(
            file + " cannot be read", () -> OptionFile.start(file, MessageProof.MAX_BYTES));
    return verifier.verify(proof, Instant.now());
  }

  private static String asText(Holds holds) {
    AuditRecord record = holds.record();
    var facts = holds.header().facts();
    return String.join(
        System.lineSeparator(),
        List.of(
            "%s: proved; message %s was %s at %s"
                .formatted(
                    holds.log().agency(),
                    holds.message(),
                    record.type().name().toLowerCase(java.util.Locale.ROOT),
                    record.at()),
            "  envelope    %s of %s, signed by gateway %s of %s, created %s"
                .formatted(
                    facts.id(),
                    CountText.of(holds.header().count(), "message"),
                    facts.gateway(),
                    facts.origin(),
                    Instant.ofEpochMilli(facts.createdAtMs())),
            "  header      SHA-256 " + HexFormat.of().formatHex(holds.header().hash()),
            "  record      " + TerminalText.printable(words(record)),
            "  leaf        %d of %s, under the checkpoint signed at %s"
                .formatted(holds.index(), holds.log(), holds.signedAt()),
            "  witnesses   " + (holds.witnesses().isEmpty() ? "none" : names(holds.witnesses())),
            "  trust       bundle version %d, signed by the roots"
                .formatted(holds.bundleVersion())));
  }

  private static String words(AuditRecord record) {
    AuditActor actor = record.actor();
    AuditPerson person = actor.onBehalfOf();
    String agreement = record.basis().agreement();
    return (record.type().name() + ' ')
        + names(record.subject().agencies())
        + (agreement.isEmpty() ? "" : " under agreement " + agreement)
        + (actor.client() == null ? "" : ", by client " + actor.client())
        + (person == null ? "" : " for officer " + person.officer());
  }

  private static String names(List<AgencyName> agencies) {
    return agencies.stream().map(AgencyName::value).collect(Collectors.joining(", "));
  }

  private static String asJson(ProofVerdict verdict) {
    ObjectNode out = JsonText.object().put("proved", verdict instanceof Holds);
    if (verdict instanceof Fails fails) {
      out.put("part", fails.part().toString()).put("reason", fails.reason());
    } else if (verdict instanceof Holds holds) {
      out.put("message", holds.message().toString())
          .put("log", holds.log().line())
          .put("leaf", holds.index())
          .put("signed_at", holds.signedAt().toString())
          .put("record", holds.record().type().name())
          .put("agreement", holds.record().basis().agreement())
          .put("header_sha256", HexFormat.of().formatHex(holds.header().hash()))
          .put("bundle_version", holds.bundleVersion());
      holds.witnesses().forEach(witness -> out.withArray("witnesses").add(witness.value()));
    }
    return JsonText.line(out);
  }
}
