package org.entente.gateway.cli.ceremony;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.ceremony.CeremonyFiles;
import org.entente.gateway.ceremony.RootFolder;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.crypto.PassphraseReader;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleDescription;
import org.entente.gateway.trust.BundleDraft;
import org.entente.gateway.trust.RootKey;
import org.entente.gateway.trust.RootSet;
import org.entente.gateway.trust.TrustRoots;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands for a federation's roots and its trust bundle, used at a ceremony. */
@Command(
    name = "federation",
    description = {
      "Founds a federation and changes its members. Works on files; needs no running gateway."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      FederationCommand.RootKeyCommand.class,
      FederationCommand.Init.class,
      FederationEditCommands.Add.class,
      FederationEditCommands.Remove.class,
      FederationEditCommands.Rotate.class,
      FederationEditCommands.Renew.class,
      FederationCommand.Sign.class,
      FederationCommand.Show.class,
      FederationCommand.Diff.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class FederationCommand {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final long FIRST_VERSION = 1;

  /** The key name under which a root signs. */
  static NoteKeyName rootName(String federation, String holder) {
    return NoteKeyName.parse("entente/" + new FederationName(federation) + "/" + holder)
        .filter(name -> holder.matches("[a-z0-9][a-z0-9.-]{0,31}"))
        .orElseThrow(
            () ->
                new InvalidValue(
                    "a root's name has 1 to 32 characters of a-z 0-9 . and -", holder));
  }

  /** Makes one holder's root key. */
  @Command(
      name = "root-key",
      description = {
        "Makes one root's key pair, protected by the holder's passphrase, on a machine without a network.",
        "Only FOLDER/root.pub leaves the holder's hands."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  ${COMMAND-FULL-NAME} --federation demo.entente.example --name alice \\",
        "      --out /media/alice/root --passphrase-file /media/alice/passphrase"
      })
  static final class RootKeyCommand extends PrintingCommand {
    @Option(
        names = "--federation",
        required = true,
        paramLabel = "NAME",
        description = "the federation")
    private String federation = "";

    @Option(
        names = "--name",
        required = true,
        paramLabel = "HOLDER",
        description = "name of the root, such as its holder's")
    private String holder = "";

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FOLDER",
        description = "the root's own folder; empty or not yet existing")
    private Path out = Path.of("");

    @Option(
        names = "--passphrase-file",
        required = true,
        paramLabel = "FILE",
        description = "file with at least 12 characters, readable by its owner only")
    private Path passphraseFile = Path.of("");

    @Override
    public void run() {
      NoteKeyName name = rootName(federation, holder);
      try (SecretBytes passphrase = PassphraseReader.read(passphraseFile)) {
        RootKey key = RootFolder.make(out, name, passphrase, CLOCK, new SecureRandom());
        print("root " + key.name() + " is in " + out);
        print("  hand on      " + out.resolve(RootFolder.PUBLIC));
        print("  read aloud   " + key.fingerprint());
      }
    }
  }

  /** Writes the roots and their threshold. */
  @Command(
      name = "init",
      description = {
        "Writes the roots file of a new federation: its roots and how many must sign.",
        "Reads the roots' public files, or makes the roots here, which puts all keys on one machine."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  ${COMMAND-FULL-NAME} --federation demo.entente.example --threshold 2 \\",
        "      --root alice.pub --root bob.pub --root carol.pub --out founding",
        "  ${COMMAND-FULL-NAME} --federation demo.entente.example --threshold 2 --roots 3 \\",
        "      --passphrase-file passphrase --out founding"
      })
  static final class Init extends PrintingCommand {
    @Option(
        names = "--federation",
        required = true,
        paramLabel = "NAME",
        description = "the federation")
    private String federation = "";

    @Option(
        names = "--threshold",
        required = true,
        paramLabel = "K",
        description = "how many roots must sign a bundle")
    private int threshold;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FOLDER",
        description = "folder for roots.json, and for the roots if they are made here")
    private Path out = Path.of("");

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source = new Source();

    /** The source of the roots. */
    static final class Source {
      @Option(
          names = "--root",
          paramLabel = "FILE",
          description = "a root's public file, from its holder; may be repeated")
      private List<Path> files = new ArrayList<>();

      @ArgGroup(exclusive = false)
      private @Nullable NewRootOptions made;
    }

    /** Roots that are made here. */
    static final class NewRootOptions {
      @Option(
          names = "--roots",
          required = true,
          paramLabel = "N",
          description = "make N roots, root-1 to root-N")
      private int count;

      @Option(
          names = "--passphrase-file",
          required = true,
          paramLabel = "FILE",
          description = "file with the passphrase that protects each of them")
      private Path passphraseFile = Path.of("");
    }

    @Override
    public void run() {
      Path file = out.resolve("roots.json");
      TrustRoots roots =
          new TrustRoots(new FederationName(federation), new RootSet(threshold, keys()));
      CeremonyFiles.write(file, roots.print().getBytes(StandardCharsets.UTF_8));
      print("federation " + roots.federation());
      BundleDescription.roots(roots.roots()).forEach(this::print);
      print("  roots file   " + file);
      print("  read aloud   " + roots.fingerprint());
    }

    private List<RootKey> keys() {
      NewRootOptions made = source.made;
      if (made == null) {
        return source.files.stream().map(CeremonyFiles::root).toList();
      }
      if (made.count < 1 || made.count > RootSet.MAX_KEYS || threshold > made.count) {
        throw new InvalidValue(
            "1 to " + RootSet.MAX_KEYS + " roots, of which 1 to all must sign",
            threshold + " of " + made.count);
      }
      List<RootKey> keys = new ArrayList<>();
      try (SecretBytes passphrase = PassphraseReader.read(made.passphraseFile)) {
        for (int i = 1; i <= made.count; i++) {
          String holder = "root-" + i;
          keys.add(
              RootFolder.make(
                  out.resolve(holder),
                  rootName(federation, holder),
                  passphrase,
                  CLOCK,
                  new SecureRandom()));
        }
      }
      return keys;
    }
  }

  /** Signs a draft with one root. */
  @Command(
      name = "sign",
      description = {
        "Adds one root's signatures to a draft. First inspect the draft with `show` and `diff`.",
        "The fingerprint that was read aloud ensures that no other file is signed in its place."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  ${COMMAND-FULL-NAME} --draft bundle-2.note --fingerprint \"3c1f 09ab …\" \\",
        "      --previous bundle-1.note --previous-fingerprint \"81d0 5e77 …\" \\",
        "      --key /media/alice/root --passphrase-file /media/alice/passphrase"
      })
  static final class Sign extends PrintingCommand {
    @Option(
        names = "--draft",
        required = true,
        paramLabel = "FILE",
        description = "the draft; the signatures are added to it")
    private Path draftFile = Path.of("");

    @ArgGroup(exclusive = false)
    private @Nullable PreviousOptions previous;

    @Option(
        names = "--key",
        required = true,
        paramLabel = "FOLDER",
        description = "the root's folder")
    private Path key = Path.of("");

    @Option(
        names = "--passphrase-file",
        required = true,
        paramLabel = "FILE",
        description = "the holder's passphrase")
    private Path passphraseFile = Path.of("");

    @Option(
        names = "--fingerprint",
        required = true,
        paramLabel = "DIGITS",
        description = "the draft's fingerprint, as read aloud")
    private String fingerprint = "";

    /** The bundle in force, which nothing proves but what people compare. */
    static final class PreviousOptions {
      @Option(
          names = "--previous",
          required = true,
          paramLabel = "FILE",
          description = "the bundle in force, whose roots sign; absent for the first version")
      private Path file = Path.of("");

      @Option(
          names = "--previous-fingerprint",
          required = true,
          paramLabel = "DIGITS",
          description = "its fingerprint, as read aloud from the record of the last ceremony")
      private String fingerprint = "";
    }

    @Override
    public void run() {
      BundleDraft draft = CeremonyFiles.bundle(draftFile);
      FingerprintCheck.require(
          draftFile.toString(), fingerprint, draft.fingerprint(), "the maker of the draft");
      RootSet signers = signers(draft);
      RootFolder.SignedDraft signed;
      try (SecretBytes passphrase = PassphraseReader.read(passphraseFile)) {
        signed = RootFolder.sign(draft, signers, key, passphrase, CLOCK, new SecureRandom());
      }
      CeremonyFiles.replace(draftFile, signed.draft().encode());
      print(signed.root() + " signed " + draftFile);
      BundleDescription.signatures(signed.draft(), signers).forEach(this::print);
    }

    /** Those of the bundle in force, or the draft's own if it is the first version. */
    private RootSet signers(BundleDraft draft) {
      if (previous == null) {
        if (draft.content().version() > FIRST_VERSION) {
          throw new UsageError(
              "the draft is version "
                  + draft.content().version()
                  + ": give --previous with the bundle in force, and --previous-fingerprint with"
                  + " what the recorder reads from the record of the last ceremony");
        }
        return draft.content().roots();
      }
      BundleDraft before = CeremonyFiles.bundle(previous.file);
      FingerprintCheck.require(
          previous.file.toString(),
          previous.fingerprint,
          before.fingerprint(),
          "the recorder of the last ceremony");
      requireNext(before.content(), draft.content());
      return before.content().roots();
    }

    private static void requireNext(BundleContent previous, BundleContent next) {
      if (!previous.federation().equals(next.federation())
          || next.version() <= previous.version()) {
        throw new InvalidValue(
            "a version after " + previous.version() + " of " + previous.federation(),
            "version " + next.version() + " of " + next.federation());
      }
    }
  }

  /** Describes a file of the ceremony. */
  @Command(
      name = "show",
      description = {
        "Describes a draft, a bundle, a roots file or a join request.",
        "Shows members, thresholds, expiry, fingerprints, and signatures present and missing."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  ${COMMAND-FULL-NAME} bundle-2.note --previous bundle-1.note")
  static final class Show extends PrintingCommand {
    @Parameters(paramLabel = "FILE", description = "the file to describe")
    private Path file = Path.of("");

    @Option(
        names = "--previous",
        paramLabel = "FILE",
        description = "the bundle in force, whose roots sign; absent: the roots in the file")
    private @Nullable Path previous;

    @Override
    public void run() {
      String start =
          new String(CeremonyFiles.bytes(file, 4 << 20), StandardCharsets.UTF_8)
              .lines()
              .findFirst()
              .orElse("");
      if (start.endsWith("/join-request")) {
        BundleDescription.request(CeremonyFiles.request(file)).forEach(this::print);
      } else if (start.endsWith("/trust-bundle")) {
        BundleDraft draft = CeremonyFiles.bundle(file);
        RootSet signers =
            previous == null
                ? draft.content().roots()
                : CeremonyFiles.bundle(previous).content().roots();
        BundleDescription.show(draft, signers).forEach(this::print);
        print("  remains      " + BundleDescription.remaining(draft.content(), Instant.now()));
      } else {
        TrustRoots roots = CeremonyFiles.roots(file);
        print("roots of " + roots.federation());
        print("  fingerprint  " + roots.fingerprint());
        BundleDescription.roots(roots.roots()).forEach(this::print);
      }
    }
  }

  /** Compares two bundles. */
  @Command(
      name = "diff",
      description = "Describes what a draft or bundle changes compared with another.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  ${COMMAND-FULL-NAME} bundle-1.note bundle-2.note")
  static final class Diff extends PrintingCommand {
    @Parameters(index = "0", paramLabel = "OLD", description = "the bundle in force")
    private Path old = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "the draft, or the newer bundle")
    private Path next = Path.of("");

    @Override
    public void run() {
      BundleContent before = CeremonyFiles.bundle(old).content();
      BundleContent after = CeremonyFiles.bundle(next).content();
      BundleDescription.validity(before, after).forEach(this::print);
      List<String> lines = BundleDescription.diff(before, after);
      (lines.isEmpty() ? List.of("nothing else changes") : lines).forEach(this::print);
    }
  }
}
