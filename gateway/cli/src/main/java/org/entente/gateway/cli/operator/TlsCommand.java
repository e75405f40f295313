package org.entente.gateway.cli.operator;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.entente.gateway.ceremony.AgencyIssuer;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.PassphraseReader;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.node.offline.GatewayCertificate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Commands for the gateway's own TLS certificate and the CA that issues it. */
@Command(
    name = "tls",
    description = "Renews the TLS certificate of the gateway, and makes the agency's next CA.",
    mixinStandardHelpOptions = true,
    subcommands = {TlsCommand.Renew.class, TlsCommand.NextCa.class},
    synopsisSubcommandLabel = "COMMAND")
public final class TlsCommand {
  private static final int MOST_DAYS = 3_650;

  private static void requireDays(int days) {
    if (days < 1 || days > MOST_DAYS) {
      throw new UsageError("--days: found " + days + "; valid is 1 to " + MOST_DAYS);
    }
  }

  private static @Nullable SecretBytes passphrase(GatewayCertificate files, @Nullable Path file) {
    return file == null ? files.passphrase() : PassphraseReader.read(file);
  }

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
      footer = "  entente tls renew --config /var/lib/entente/fr.customs/node.yaml --ca /media/ca")
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
      requireDays(days);
      InstantSource clock = InstantSource.system();
      SecureRandom random = new SecureRandom();
      GatewayCertificate files = GatewayCertificate.open(config, clock);
      X509Certificate before = files.present();
      KeyPair keys = EcKeys.generate(random);
      X509Certificate next;
      try (SecretBytes passphrase = passphrase(files, passphraseFile)) {
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

    private static String described(X509Certificate certificate) {
      return "%s, valid until %s"
          .formatted(
              certificate.getSerialNumber().toString(16),
              CertificateValidity.of(certificate).until());
    }
  }

  /** Makes the agency's next CA. */
  @Command(
      name = "next-ca",
      description = {
        "Makes the agency's next CA: its certificate and its key, which a passphrase protects.",
        "Changes nothing at the gateway. The CA counts once the roots have listed it in the trust"
            + " bundle: request that with `entente keys renew --authority`. The present CA stays"
            + " valid beside it."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer =
          "  entente tls next-ca --config /var/lib/entente/fr.customs/node.yaml --out /media/ca-2")
  static final class NextCa extends PrintingCommand {
    /** How much earlier it becomes valid, for clocks that are behind. */
    private static final Duration EARLY = Duration.ofMinutes(5);

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
    private Path config = Path.of("");

    @Option(
        names = "--out",
        required = true,
        paramLabel = "DIR",
        description = "new folder for ca.crt and ca.key, on a medium that you can take away")
    private Path out = Path.of("");

    @Option(
        names = "--passphrase-file",
        paramLabel = "FILE",
        description =
            "file with the passphrase that protects ca.key (default: the passphrase of --config)")
    private @Nullable Path passphraseFile;

    @Option(
        names = "--days",
        defaultValue = "365",
        paramLabel = "N",
        description = "days for which the CA is valid, 1 to 3650 (default: ${DEFAULT-VALUE})")
    private int days;

    @Override
    protected void run() {
      requireDays(days);
      InstantSource clock = InstantSource.system();
      GatewayCertificate files = GatewayCertificate.open(config, clock);
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      CertificateValidity validity =
          new CertificateValidity(now.minus(EARLY), now.plus(Duration.ofDays(days)));
      X509Certificate made = make(files, validity);
      print(
          "CA           %s, valid until %s"
              .formatted(made.getSubjectX500Principal().getName(), validity.until()));
      print("keep         " + out + " away from the gateway");
      print(
          "then         entente keys renew --authority "
              + out.resolve("ca.crt")
              + " --out "
              + files.agency()
              + ".join …");
    }

    private X509Certificate make(GatewayCertificate files, CertificateValidity validity) {
      // The date tells it from the CA before, whose certificates are in use at the same time.
      String name = files.agency() + " CA " + LocalDate.ofInstant(validity.until(), ZoneOffset.UTC);
      try (SecretBytes passphrase = passphrase(files, passphraseFile)) {
        if (passphrase == null) {
          throw new UsageError(
              "--passphrase-file: is missing, and the configuration has no passphrase; ca.key is"
                  + " never stored without one");
        }
        PrivateFiles.emptyFolder(out);
        return AgencyIssuer.found(out, name, validity, passphrase, new SecureRandom())
            .certificate();
      } catch (FileAlreadyExistsException e) {
        throw new CommandFailure("--out: " + out + " is not empty; name a new folder", e);
      } catch (IOException e) {
        throw new CommandFailure(
            "--out: " + out + " cannot be written: " + FileErrorText.words(e), e);
      }
    }
  }
}
