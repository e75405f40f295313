package org.entente.gateway.cli.operator;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import org.entente.gateway.ceremony.AgencyIssuer;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.PassphraseReader;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.node.offline.GatewayCertificate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands for the gateway's own TLS certificate. */
@Command(
    name = "tls",
    description = "Renews the TLS certificate of the gateway.",
    mixinStandardHelpOptions = true,
    subcommands = TlsCommand.Renew.class,
    synopsisSubcommandLabel = "COMMAND")
public final class TlsCommand {
  private static final int MOST_DAYS = 3_650;

  /** Renews the certificate. */
  @Command(
      name = "renew",
      description = {
        "Makes a new TLS key and issues a certificate for it, with the names of the present one.",
        "Replaces the files that the section `tls` of the configuration names. A running gateway"
            + " uses them for new connections within seconds; open streams continue. Changes"
            + " nothing if peers would refuse the certificate. Run it as the gateway's user."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente tls renew --config /etc/entente/node.yaml --ca /media/ca")
  static final class Renew extends PrintingCommand {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @Option(
        names = "--ca",
        required = true,
        paramLabel = "DIR",
        description = "folder with ca.crt and ca.key of the agency, which issues the certificate")
    private Path authority = Path.of("");

    @Option(
        names = "--passphrase-file",
        paramLabel = "FILE",
        description = "file with the passphrase of ca.key (default: the passphrase of --config)")
    private @Nullable Path passphraseFile;

    @Option(
        names = "--days",
        defaultValue = "365",
        paramLabel = "N",
        description =
            "days for which the certificate is valid, 1 to 3650, at most as long as the CA"
                + " (default: ${DEFAULT-VALUE})")
    private int days;

    @Override
    protected void run() {
      if (days < 1 || days > MOST_DAYS) {
        throw new UsageError("--days: found " + days + "; valid is 1 to " + MOST_DAYS);
      }
      InstantSource clock = InstantSource.system();
      SecureRandom random = new SecureRandom();
      GatewayCertificate files = GatewayCertificate.open(config, clock);
      X509Certificate before = files.present();
      KeyPair keys = EcKeys.generate(random);
      X509Certificate next;
      try (SecretBytes passphrase = passphrase(files)) {
        next =
            AgencyIssuer.open(authority, passphrase, random)
                .reissue(before, keys.getPublic(), clock.instant(), Duration.ofDays(days));
      }
      files.replace(keys.getPrivate(), next, random);
      print("certificate  " + described(next));
      print("replaces     " + described(before));
      print(
          "in force     for new connections within seconds if the gateway runs; `entente doctor`"
              + " says if it is refused");
    }

    private @Nullable SecretBytes passphrase(GatewayCertificate files) {
      Path file = passphraseFile;
      return file == null ? files.passphrase() : PassphraseReader.read(file);
    }

    private static String described(X509Certificate certificate) {
      return "%s, valid until %s"
          .formatted(
              certificate.getSerialNumber().toString(16),
              CertificateValidity.of(certificate).until());
    }
  }
}
