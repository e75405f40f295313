package org.entente.gateway.cli.ceremony;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.entente.gateway.ceremony.CeremonyFiles;
import org.entente.gateway.ceremony.CeremonyProblem;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleDescription;
import org.entente.gateway.trust.BundleDraft;
import org.entente.gateway.trust.BundleEdit;
import org.entente.gateway.trust.JoinRequest;
import org.entente.gateway.trust.RootKey;
import org.entente.gateway.trust.RootSet;
import org.entente.gateway.trust.TrustRoots;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands that draft the next, unsigned version of a trust bundle. */
final class FederationEditCommands {
  private FederationEditCommands() {}

  /** Options and output that all drafts share. */
  static final class DraftCommand {
    @ArgGroup(exclusive = true, multiplicity = "1")
    private StartOptions from = new StartOptions();

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "file for the draft; must not exist")
    private Path out = Path.of("");

    @Option(
        names = "--days",
        defaultValue = "90",
        paramLabel = "N",
        description = "days for which it is valid, at most 92 (default: ${DEFAULT-VALUE})")
    private int days;

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "time of expiry instead of --days, such as 2026-12-31T12:00:00Z")
    private @Nullable Instant expires;

    @Option(
        names = "--group",
        paramLabel = "NAME=CODE[+CODE]",
        description =
            "sets the jurisdictions and groups that a group has, joined by +, as in EU=DE+FR; may"
                + " be repeated")
    private Map<String, String> groups = new TreeMap<>();

    /** The version from which the draft starts. */
    static final class StartOptions {
      @Option(
          names = "--in",
          paramLabel = "FILE",
          description = "the bundle in force, or an unsigned draft to continue")
      private @Nullable Path bundle;

      @Option(
          names = "--roots",
          paramLabel = "FILE",
          description = "roots.json, for the first version")
      private @Nullable Path roots;
    }

    BundleEdit begin() {
      if (from.bundle == null) {
        return BundleEdit.first(CeremonyFiles.roots(Objects.requireNonNull(from.roots)));
      }
      BundleDraft draft = CeremonyFiles.bundle(from.bundle);
      if (draft.isUnsigned()) {
        return BundleEdit.resume(draft.content());
      }
      if (!draft.isComplete(draft.content().roots())) {
        throw new CeremonyProblem(
            from.bundle
                + " is signed by too few of its roots to be in force; start from the bundle in"
                + " force, or from an unsigned draft");
      }
      return BundleEdit.after(draft.content());
    }

    void finish(BundleEdit edit, Consumer<String> print) {
      groups.forEach(
          (name, codes) ->
              edit.group(name, codes.isEmpty() ? List.of() : List.of(codes.split("\\+", -1))));
      Instant now = Instant.now();
      Instant until = expires == null ? now.plus(Duration.ofDays(days)) : expires;
      BundleContent content = edit.build(now, until);
      BundleDraft draft = BundleDraft.of(content);
      CeremonyFiles.write(out, draft.encode());
      if (from.bundle == null) {
        BundleDescription.show(draft, content.roots()).forEach(print);
      } else {
        BundleContent before = CeremonyFiles.bundle(from.bundle).content();
        BundleDescription.validity(before, content).forEach(print);
        BundleDescription.diff(before, content).forEach(print);
      }
      print.accept("draft        " + out);
      print.accept("read aloud   " + draft.fingerprint());
    }
  }

  /** Admits agencies. */
  @Command(
      name = "add",
      description = {
        "Drafts a version in which agencies join, or rejoin with other keys.",
        "Give with each join request the fingerprint that the agency itself read aloud."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  ${COMMAND-FULL-NAME} --roots roots.json --out bundle-1.note \\",
        "      --request fr.customs.join --fingerprint \"77e0 …\" \\",
        "      --request de.customs.join --fingerprint \"015b …\"",
        "  ${COMMAND-FULL-NAME} --in bundle-1.note --out bundle-2.note --keep-old-keys \\",
        "      --request fr.customs.join --fingerprint \"a1d4 …\""
      })
  static final class Add extends PrintingCommand {
    @Mixin private DraftCommand drafting = new DraftCommand();

    @ArgGroup(exclusive = false, multiplicity = "1..*")
    private List<JoinRequestOptions> asked = new ArrayList<>();

    @Option(
        names = "--keep-old-keys",
        description = "an agency's old keys and CAs remain valid beside its new ones")
    private boolean keepOld;

    /** A join request and the fingerprint that its agency read aloud. */
    static final class JoinRequestOptions {
      @Option(
          names = "--request",
          required = true,
          paramLabel = "FILE",
          description = "an agency's join request; may be repeated, each with --fingerprint")
      private Path file = Path.of("");

      @Option(
          names = "--fingerprint",
          required = true,
          paramLabel = "DIGITS",
          description = "the request's fingerprint, as the agency read it aloud")
      private String fingerprint = "";
    }

    @Override
    public void run() {
      BundleEdit edit = drafting.begin();
      Map<AgencyName, Path> read = new TreeMap<>();
      for (JoinRequestOptions one : asked) {
        JoinRequest request = CeremonyFiles.request(one.file);
        @Nullable Path other = read.put(request.agency().name(), one.file);
        if (other != null) {
          throw new UsageError(
              "--request: "
                  + other
                  + " and "
                  + one.file
                  + " are both of "
                  + request.agency().name()
                  + "; give one request of each agency");
        }
        FingerprintCheck.require(
            one.file.toString(),
            one.fingerprint,
            request.fingerprint(),
            request.agency().name().value());
        edit.admit(request, keepOld);
      }
      drafting.finish(edit, this::print);
    }
  }

  /** Removes agencies or revokes certificates. */
  @Command(
      name = "remove",
      description = {
        "Drafts a version in which agencies leave or certificates are revoked.",
        "A gateway closes their streams as soon as it has the signed bundle."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  ${COMMAND-FULL-NAME} --in bundle-1.note --out bundle-2.note --agency us.cbp",
        "  ${COMMAND-FULL-NAME} --in bundle-1.note --out bundle-2.note \\",
        "      --certificate fr.customs=stolen.crt"
      })
  static final class Remove extends PrintingCommand {
    @Mixin private DraftCommand drafting = new DraftCommand();

    @Option(
        names = "--agency",
        paramLabel = "AGENCY",
        description = "agency that leaves; may be repeated")
    private List<String> agencies = new ArrayList<>();

    @Option(
        names = "--certificate",
        paramLabel = "AGENCY=FILE",
        description =
            "an agency, =, and the PEM file of its certificate to revoke, with all others for the"
                + " same key; may be repeated")
    private List<String> certificates = new ArrayList<>();

    @Override
    public void run() {
      if (agencies.isEmpty() && certificates.isEmpty()) {
        throw new UsageError("Nothing to remove: --agency or --certificate");
      }
      BundleEdit edit = drafting.begin();
      agencies.forEach(agency -> edit.remove(new AgencyName(agency)));
      for (String revoked : certificates) {
        int end = revoked.indexOf('=');
        if (end < 0) {
          throw new UsageError(
              "--certificate: found "
                  + InvalidValue.printable(revoked)
                  + "; valid is an agency, =, and a file, as in fr.customs=stolen.crt");
        }
        edit.revoke(
            new AgencyName(revoked.substring(0, end)),
            CeremonyFiles.certificateKey(Path.of(revoked.substring(end + 1))));
      }
      drafting.finish(edit, this::print);
    }
  }

  /** Changes the roots. */
  @Command(
      name = "rotate",
      description = {
        "Drafts a version that changes the roots or their threshold.",
        "A threshold of the old roots and a threshold of the new ones must sign it.",
        "Name every root of the new version, old or new."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  ${COMMAND-FULL-NAME} --in bundle-2.note --out bundle-3.note --threshold 2 \\",
        "      --root alice.pub --root bob.pub --root dora.pub --roots-out roots-3.json"
      })
  static final class Rotate extends PrintingCommand {
    @Mixin private DraftCommand drafting = new DraftCommand();

    @Option(
        names = "--root",
        required = true,
        paramLabel = "FILE",
        description = "public file of a root, old or new; may be repeated")
    private List<Path> roots = new ArrayList<>();

    @Option(
        names = "--threshold",
        required = true,
        paramLabel = "K",
        description = "how many of them must sign")
    private int threshold;

    @Option(
        names = "--roots-out",
        paramLabel = "FILE",
        description = "writes the roots file for agencies that join later")
    private @Nullable Path rootsOut;

    @Override
    public void run() {
      List<RootKey> keys = roots.stream().map(CeremonyFiles::root).toList();
      RootSet next = new RootSet(threshold, keys);
      BundleEdit edit = drafting.begin().rotate(next);
      if (rootsOut != null) {
        TrustRoots file = new TrustRoots(edit.federation(), next);
        CeremonyFiles.write(rootsOut, file.print().getBytes(StandardCharsets.UTF_8));
        print("roots file   " + rootsOut + "  " + file.fingerprint());
      }
      drafting.finish(edit, this::print);
    }
  }

  /** Extends the validity. */
  @Command(
      name = "renew",
      description = "Drafts a version that changes only the expiry.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  ${COMMAND-FULL-NAME} --in bundle-3.note --out bundle-4.note --days 90")
  static final class Renew extends PrintingCommand {
    @Mixin private DraftCommand drafting = new DraftCommand();

    @Override
    public void run() {
      drafting.finish(drafting.begin(), this::print);
    }
  }
}
