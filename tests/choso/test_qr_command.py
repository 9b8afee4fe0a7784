"""The commands of VietQR codes, without a stack."""

from pathlib import Path

from schemas.vietqr import write_vietqr
from tests.choso.conftest import run_choso


def test_a_code_is_written_explained_and_checked(tmp_path: Path) -> None:
    words = ("--bank", "Vietcombank", "--account", "0123456789", "--purpose", "A-12")
    written = run_choso(tmp_path, "qr", "encode", *words).stdout.strip()
    assert written == write_vietqr(bank_bin="970436", account="0123456789", purpose="A-12")
    said = run_choso(tmp_path, "--language", "en", "qr", "decode", written)
    assert (said.returncode, "0123456789" in said.stdout, "A-12" in said.stdout) == (0, True, True)
    broken = written.replace("VCB", "").replace("0208QRIB", "0207QRIB")
    said = run_choso(tmp_path, "--language", "en", "qr", "decode", broken)
    assert said.returncode == 3
    assert said.stdout.startswith("At character ")
    file = tmp_path / "accounts.csv"
    file.write_text(
        f"kind,stall,payload\naccount_linked,A-12,{written}\naccount_linked,A-13,{broken}\n"
    )
    said = run_choso(tmp_path, "--language", "en", "qr", "check", str(file))
    assert said.returncode == 3
    assert "1 codes are right, 1 are wrong" in said.stdout
    assert "A-13" in said.stdout
    assert "A-12" not in said.stdout
    said = run_choso(tmp_path, "qr", "encode", "--bank", "Papal", "--account", "1")
    assert said.returncode == 78
    assert "VCB or 970436" in said.stderr
