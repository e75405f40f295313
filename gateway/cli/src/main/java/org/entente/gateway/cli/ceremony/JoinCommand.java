package org.entente.gateway.cli.ceremony;

import java.nio.file.Path;
import java.time.InstantSource;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.node.offline.TrustBundleInstallation;
import org.entente.gateway.trust.BundleDescription;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code entente join}: installs a trust bundle, and the first time the roots, in a node. */
@Command(
    name = "join",
    description = {
      "Installs a signed trust bundle in a node.",
      "Checks that enough roots signed it and that its entry for this agency matches the request,",
      "shows what the node will trust, and installs it.",
      "The first time also needs the roots file and its fingerprint, as the root holders read it aloud.",
      "A running gateway adopts the bundle by itself within seconds."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente join --config /var/lib/entente/fr.customs/node.yaml --bundle bundle-1.note \\",
      "      --roots roots.json --fingerprint \"9ab2 …\" --request fr.customs.join",
      "  entente join --config /var/lib/entente/fr.customs/node.yaml --bundle bundle-2.note"
    })
public final class JoinCommand extends PrintingCommand {
  @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
  private Path config = Path.of("");

  @Option(
      names = "--bundle",
      required = true,
      paramLabel = "FILE",
      description = "the signed bundle")
  private Path bundle = Path.of("");

  @Option(names = "--roots", paramLabel = "FILE", description = "the roots file, the first time")
  private @Nullable Path roots;

  @Option(
      names = "--fingerprint",
      paramLabel = "DIGITS",
      description = "fingerprint of the roots file, as the root holders read it aloud")
  private @Nullable String fingerprint;

  @Option(
      names = "--request",
      paramLabel = "FILE",
      description = "this agency's own request, to check the bundle's entry against it")
  private @Nullable Path request;

  @Option(names = "--dry-run", description = "check and show, change nothing")
  private boolean dryRun;

  @Override
  public void run() {
    TrustBundleInstallation join =
        TrustBundleInstallation.read(config, bundle, roots, request, InstantSource.system());
    join.newRoots()
        .ifPresent(
            first -> {
              if (fingerprint == null) {
                throw new CommandFailure(
                    "the roots file is new to this node: ask two root holders to read its"
                        + " fingerprint aloud, and give it by --fingerprint");
              }
              FingerprintCheck.require(
                  String.valueOf(roots), fingerprint, first.fingerprint(), "a root holder");
            });
    join.before()
        .ifPresentOrElse(
            before -> {
              BundleDescription.validity(before, join.draft().content()).forEach(this::print);
              BundleDescription.diff(before, join.draft().content()).forEach(this::print);
            },
            () -> BundleDescription.show(join.draft(), join.signers()).forEach(this::print));
    if (dryRun) {
      print("nothing was changed");
    } else {
      join.install().forEach(file -> print("wrote        " + file));
    }
  }
}
