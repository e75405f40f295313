package org.entente.loadtests.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.entente.gateway.model.BuildVersion;

/**
 * A package of this build as a later one has it: the same classes, and another version wherever the
 * build writes it, in the names of jars, in manifests and in classes.
 */
public final class LaterBuild {
  /** Its version: as long as this build's, since a class states the length of its texts. */
  public static final String VERSION =
      (char) (BuildVersion.CURRENT.charAt(0) + 1) + BuildVersion.CURRENT.substring(1);

  private LaterBuild() {}

  /** Gives an unpacked release the later version. */
  public static void rename(Path release) throws IOException {
    for (String part : List.of("lib/core", "lib/node")) {
      for (Path jar : own(release.resolve(part))) {
        String name = String.valueOf(jar.getFileName());
        Files.write(jar.resolveSibling(name.replace(BuildVersion.CURRENT, VERSION)), renamed(jar));
        Files.delete(jar);
      }
    }
  }

  /** Makes a Debian package of the later version in a folder. */
  public static Path debian(BuiltPackages packages, Path folder)
      throws IOException, InterruptedException {
    Path tree = folder.resolve("later");
    packages.done("dpkg-deb", "-R", packages.named("_amd64.deb").toString(), tree.toString());
    rename(tree.resolve("usr/lib/entente"));
    Files.deleteIfExists(tree.resolve("DEBIAN/md5sums"));
    Path control = tree.resolve("DEBIAN/control");
    Files.writeString(control, Files.readString(control).replace(BuildVersion.CURRENT, VERSION));
    Path later = folder.resolve("later.deb");
    packages.done("dpkg-deb", "-Zgzip", "-z1", "-b", tree.toString(), later.toString());
    return later;
  }

  private static List<Path> own(Path folder) throws IOException {
    try (Stream<Path> jars = Files.list(folder)) {
      return jars.filter(jar -> jar.toString().endsWith(BuildVersion.CURRENT + ".jar")).toList();
    }
  }

  private static byte[] renamed(Path jar) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipFile from = new ZipFile(jar.toFile());
        ZipOutputStream to = new ZipOutputStream(bytes)) {
      for (ZipEntry entry : Collections.list(from.entries())) {
        to.putNextEntry(new ZipEntry(entry.getName()));
        try (InputStream content = from.getInputStream(entry)) {
          String text = new String(content.readAllBytes(), StandardCharsets.ISO_8859_1);
          to.write(
              text.replace(BuildVersion.CURRENT, VERSION).getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    }
    return bytes.toByteArray();
  }
}
