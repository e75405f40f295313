package org.entente.gateway.feature.attachment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of the folder of attachments. */
class AttachmentCopiesTest {
  private static final String FIRST = "0".repeat(32);
  private static final String SECOND = "1".repeat(32);
  private static final String FETCHED = FIRST + "-" + SECOND;

  @TempDir Path folder;
  private Path files = Path.of("");
  private Path backups = Path.of("");
  private AttachmentCopies copies = new AttachmentCopies(files, backups);

  @BeforeEach
  void makeFolders() throws IOException {
    files = Files.createDirectory(folder.resolve("files"));
    backups = folder.resolve("backups");
    copies = new AttachmentCopies(files, backups);
  }

  private void file(String name, String content) throws IOException {
    Files.writeString(files.resolve(name), content);
  }

  private Set<String> names(Path of) throws IOException {
    try (var all = Files.list(of)) {
      return all.map(path -> path.getFileName().toString())
          .collect(java.util.stream.Collectors.toCollection(TreeSet::new));
    }
  }

  private void loseFiles() throws IOException {
    try (var all = Files.list(files)) {
      for (Path one : all.toList()) {
        Files.delete(one);
      }
    }
  }

  @Test
  void backup_holdsTheFilesOfItsTime_andRestoreBringsThemBack() throws IOException {
    file(FIRST, "first");
    file(FETCHED, "fetched");
    file("notes.txt", "not an attachment");
    copies.add(1, Set.of(1));
    file(SECOND, "second");
    copies.add(2, Set.of(1, 2));
    loseFiles();
    assertEquals(2, copies.restore(1).restored());
    assertEquals(Set.of(FIRST, FETCHED), names(files));
    assertEquals(1, copies.restore(2).restored());
    assertEquals("second", Files.readString(files.resolve(SECOND)));
    assertEquals(0, copies.restore(2).restored(), "nothing is missing");
    assertEquals(0, copies.restore(3).restored(), "a backup of a time without attachments");
    assertTrue(copies.has(2));
    assertFalse(copies.has(3));
    loseFiles();
    assertEquals(3, copies.restore(3).restored(), "the newest copy is what is left");
  }

  @Test
  void restore_whereNothingWasEverCopied_restoresNothing() throws IOException {
    assertEquals(0, copies.restore(1).restored());
    assertFalse(copies.has(1));
  }

  @Test
  void file_thatGrewSinceTheLastBackup_isCopiedAgain_andRestoredWhereItIsShorter()
      throws IOException {
    file(FIRST, "up");
    copies.add(1, Set.of(1));
    file(FIRST, "uploaded");
    copies.add(2, Set.of(1, 2));
    file(FIRST, "up");
    assertEquals(1, copies.restore(2).restored());
    assertEquals("uploaded", Files.readString(files.resolve(FIRST)));
  }

  @Test
  void copies_leaveWithTheLastBackupThatHoldsThem_andRemainsOfACrashAtOnce() throws IOException {
    file(FIRST, "first");
    copies.add(1, Set.of(1));
    Files.delete(files.resolve(FIRST));
    file(SECOND, "second");
    Files.writeString(backups.resolve("attachments").resolve(SECOND + ".copying"), "sec");
    copies.add(2, Set.of(1, 2));
    assertEquals(
        Set.of(FIRST, SECOND, "backup-1", "backup-2"), names(backups.resolve("attachments")));
    copies.add(3, Set.of(2, 3));
    assertEquals(Set.of(SECOND, "backup-2", "backup-3"), names(backups.resolve("attachments")));
  }

  @Test
  void lostFolder_doesNotTakeTheCopiesOfEarlierBackupsWithIt() throws IOException {
    file(FIRST, "first");
    copies.add(1, Set.of(1));
    loseFiles();
    copies.add(2, Set.of(1, 2));
    assertEquals(1, copies.restore(1).restored());
  }

  /** A ledger is worth more than one file of it. */
  @Test
  void missingCopy_isNamed_andTheOthersAreRestored() throws IOException {
    file(FIRST, "first");
    file(SECOND, "second");
    copies.add(1, Set.of(1));
    loseFiles();
    Files.delete(backups.resolve("attachments").resolve(FIRST));

    assertEquals(new AttachmentCopies.Restoration(1, List.of(FIRST)), copies.restore(1));

    assertEquals(Set.of(SECOND), names(files));
  }

  @Test
  void damagedList_isRefused_andLeadsNowhereElse() throws IOException {
    file(FIRST, "first");
    copies.add(1, Set.of(1));
    loseFiles();
    Files.write(backups.resolve("attachments").resolve("backup-1"), List.of("../../etc/passwd"));
    assertThrows(IOException.class, () -> copies.restore(1));
    assertTrue(names(files).isEmpty());
  }

  /** Otherwise a disk that filled once would stay full, and no backup would ever succeed again. */
  @Test
  void backup_thatFindsNoRoom_stillRemovesWhatNoOtherNeeds() throws IOException {
    file(FIRST, "first");
    copies.add(1, Set.of(1));
    Files.delete(files.resolve(FIRST));
    file(FETCHED, "fetched");
    copies.add(2, Set.of(1, 2));
    failAt(SECOND);
    assertThrows(IOException.class, () -> copies.add(3, Set.of(2, 3)));
    assertEquals(Set.of(FETCHED, "backup-2"), names(backups.resolve("attachments")));
  }

  /** It cannot be copied, as on a full disk. */
  private void failAt(String name) throws IOException {
    Files.createSymbolicLink(files.resolve(name), files.resolve(name));
  }

  @Test
  void backupsThatFail_leaveTheNewestCopy_untilAnotherIsThere() throws IOException {
    file(FIRST, "first");
    copies.add(1, Set.of(1));
    failAt(SECOND);
    for (int number = 2; number <= 4; number++) {
      Set<Integer> kept = Set.of(number);
      int now = number;
      assertThrows(IOException.class, () -> copies.add(now, kept));
    }
    Files.delete(files.resolve(FIRST));
    assertThrows(IOException.class, () -> copies.add(5, Set.of(5)));
    assertEquals(1, copies.restore(1).restored());
    Files.delete(files.resolve(SECOND));
    copies.add(6, Set.of(6));
    assertEquals(Set.of(FIRST, "backup-6"), names(backups.resolve("attachments")));
  }

  /** Who writes that medium could have files of the gateway's user read, or emptied. */
  @Test
  void links_besideABackup_areNotFollowed() throws IOException {
    Path secret = Files.writeString(folder.resolve("passphrase"), "a secret of this machine");
    file(FIRST, "first");
    copies.add(1, Set.of(1));
    Path copied = backups.resolve("attachments");
    Files.delete(copied.resolve(FIRST));
    Files.createSymbolicLink(copied.resolve(FIRST), secret);
    Files.createSymbolicLink(copied.resolve("backup-2.copying"), secret);
    Files.delete(files.resolve(FIRST));
    assertThrows(IOException.class, () -> copies.restore(1));
    assertEquals(Set.of(), names(files));
    file(FIRST, "first");
    copies.add(2, Set.of(1, 2));
    assertEquals("a secret of this machine", Files.readString(secret));
    assertFalse(Files.isSymbolicLink(copied.resolve(FIRST)));
    assertEquals("first", Files.readString(copied.resolve(FIRST)));
    Files.delete(copied.resolve("backup-2"));
    Files.createSymbolicLink(copied.resolve("backup-2"), secret);
    assertFalse(copies.has(2));
    String said = assertThrows(IOException.class, () -> copies.restore(2)).toString();
    assertTrue(said.contains("backup-2 is a symbolic link"), said);
  }

  /** Otherwise a backup would remove what it does not know in another folder. */
  @Test
  void folderOfTheCopies_thatIsALink_isRefused() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("notes.txt"), "notes");
    Files.createDirectory(backups);
    Files.createSymbolicLink(backups.resolve("attachments"), other);
    assertThrows(IOException.class, () -> copies.add(1, Set.of(1)));
    assertEquals(Set.of("notes.txt"), names(other));
  }
}
