package org.entente.gateway.node.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.entente.gateway.config.ClusterConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.keys.ClientCertificateWatch;
import org.entente.gateway.node.keys.TlsCertificateReloader;
import org.entente.gateway.policy.terms.BundleMembership;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.MemberKeysExpiry;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustWatch;

/** Probes of a node's files, folders and clock. */
final class FileProbes {
  /** How far the time of a file may be ahead of the clock. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private FileProbes() {}

  /** The probe of a step that a start takes too, and that fails with a {@link StartProblem}. */
  static DoctorCheck.Probe step(Consumer<DoctorSubject> step) {
    return subject -> {
      step.accept(subject);
      return List.of();
    };
  }

  /** The probe of something that a start reads too. */
  static DoctorCheck.Probe read(Function<DoctorSubject, Object> reader) {
    return subject -> {
      Object unused = reader.apply(subject);
      return List.of();
    };
  }

  static List<String> membership(DoctorSubject subject) {
    AgencyName self = new AgencyName(subject.config().agency());
    TrustBundle bundle = subject.bundle();
    if (bundle.agency(self).isPresent()) {
      return List.of();
    }
    List<String> known = bundle.agencies().stream().map(AgencyName::value).toList();
    return List.of(
        "agency: \"%s\" is not in trust bundle version %d; %s"
            .formatted(self, bundle.version(), NameSuggestion.of(self.value(), known)));
  }

  static List<String> withoutAgreement(DoctorSubject subject) {
    TrustBundle bundle = subject.bundle();
    return subject
        .files()
        .withoutAgreement(subject.files().rulebook(bundle), new BundleMembership(bundle));
  }

  static List<String> problemsOfMembers(DoctorSubject subject) {
    return subject.files().problemsOfMembers(subject.bundle());
  }

  static List<String> bundleEnd(DoctorSubject subject) {
    return new TrustWatch(BundleVerifier.MAX_GRACE)
        .state(subject.bundle(), subject.now()).stream()
            .map(notice -> "trust.bundle: " + notice.text())
            .toList();
  }

  static List<String> memberKeysEnd(DoctorSubject subject) {
    return subject.bundle().agency(new AgencyName(subject.config().agency())).stream()
        .flatMap(member -> MemberKeysExpiry.notices(member, subject.now()).stream())
        .map(notice -> "trust.bundle: " + notice)
        .toList();
  }

  static List<String> certificateEnd(DoctorSubject subject) {
    return TlsCertificateReloader.open(subject.files(), subject.clock()).warnings();
  }

  static List<String> clientCertificates(DoctorSubject subject) {
    return ClientCertificateWatch.ofFiles(subject.config(), subject.clock()).warnings();
  }

  static List<String> certificateRefused(DoctorSubject subject) {
    return TlsCertificateReloader.open(subject.files(), subject.clock())
        .refusedByPeers(subject.bundle())
        .stream()
        .toList();
  }

  static List<String> folders(DoctorSubject subject) {
    NodeConfig config = subject.config();
    List<String> faults = new ArrayList<>();
    folder(faults, "data", config.data());
    folder(faults, "audit", config.audit());
    ClusterConfig cluster = config.cluster();
    if (cluster != null) {
      folder(faults, "cluster.log", cluster.log());
    }
    NodeConfig.Backup backup = config.backup();
    if (backup != null) {
      folder(faults, "backup.folder", backup.folder());
    }
    return faults;
  }

  static List<String> openBackups(DoctorSubject subject) {
    return Optional.ofNullable(subject.config().backup())
        .flatMap(backup -> new RocksBackups(backup.folder()).openToOthers())
        .map(what -> "backup.folder: " + what)
        .stream()
        .toList();
  }

  private static void folder(List<String> faults, String field, Path folder) {
    try {
      ConfigurationCheck.requireFolder(field, folder);
    } catch (StartProblem e) {
      faults.add(String.valueOf(e.getMessage()));
    }
  }

  static List<String> fullDisk(DoctorSubject subject) {
    return freeBelow(
        subject, subject.config().diskInForce().refuseBelowMib(), "messages are refused");
  }

  static List<String> fillingDisk(DoctorSubject subject) {
    return freeBelow(subject, subject.config().diskInForce().slowBelowMib(), "publishers wait");
  }

  private static List<String> freeBelow(DoctorSubject subject, int mebibytes, String effect) {
    Path data = subject.config().data().toAbsolutePath().normalize();
    Path there = data;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    long free = there.toFile().getUsableSpace() >> 20;
    return free >= mebibytes
        ? List.of()
        : List.of(
            "data: %d MiB are free on the disk of %s; below %d MiB %s"
                .formatted(free, data, mebibytes, effect));
  }

  /** A clock that was set back is behind the files that were written before. */
  static List<String> filesOfTheFuture(DoctorSubject subject) throws IOException {
    NodeConfig config = subject.config();
    Instant latest = subject.now().plus(SKEW);
    for (Path file :
        List.of(
            subject.file(),
            config.trust().bundle(),
            config.trust().roots(),
            config.tls().certificate(),
            config.tls().key())) {
      Optional<Instant> written = written(file);
      if (written.isPresent() && written.get().isAfter(latest)) {
        return List.of(
            "%s was written at %s, and this machine's clock says %s"
                .formatted(file, written.get(), subject.now()));
      }
    }
    return List.of();
  }

  private static Optional<Instant> written(Path file) throws IOException {
    return Files.exists(file)
        ? Optional.of(Files.getLastModifiedTime(file).toInstant())
        : Optional.empty();
  }
}
