"""Words by which names of persons are told from those of places, things and offices."""

from __future__ import annotations

_persons = """
    anak anggota art ayah baduta balita bapak batita bayi bumil buruh debitur difabel disabilitas duda ibu
    individu isteri istri janda kader keluarga kk korban kpm krt lansia mahasiswa murid nasabah nelayan orang
    pasien pedagang pekerja pelajar pelanggan pemanfaat pemilik pemohon penabung penderita penduduk penerima
    penghuni pengontrak pengungsi penyandang penyewa peserta petani responden siswa suami wali warga
"""
PERSONS = frozenset(_persons.split())
"""What a person is to an office."""

_officials = """
    bupati camat desa dinas kasi kelurahan kepala kpa lpm lurah pejabat pj plt ppk pptk rt rw sekolah walikota
"""
OFFICIALS = frozenset(_officials.split())
"""Whose names are public."""

_things = """
    apotek badan bagian bank bidang bkm blok cv desa dinas drainase dusun embung gang gereja hotel ipal jalan
    jembatan jl jumlah kali kampung kantor kapela kawasan kec kecamatan kegiatan kel kelompok kelurahan klinik
    koperasi kota ksm kub kube lapangan lingkungan lokasi lorong lpm luas masjid mck mesjid mushola musholla
    panjang pasar paud pembangunan pengadaan peningkatan penyediaan perumahan pokdarwis pokmas posyandu program pt
    pura puskesmas pustu rehabilitasi rs rsud rt rumah rw santa santo sd sdn sekolah sma smk smp smpn spam st
    sumur sungai taman tk toko total tpa tps ud unit warung yayasan
"""
THINGS = frozenset(_things.split())
"""What else has a name, as its first word."""

_given = """
    abdul abdullah abraham achmad adi adriana agnes agus agustina agustinus ahmad aisyah albertus aleksander ali
    amir ana anastasia andi andreas anggi ani anna anton antonius aprilia ari arif aris asep astuti ayu bambang
    benediktus bernadeta bernadus budi cahyo catur christina daniel david dedi desi dewi dian diana dina dominggus
    dominikus dwi dyah eka eko elisabet elisabeth endang erna ester esther evi fajar fatimah febri felix ferdinan
    fitri fransisca fransiska fransiskus gabriel gregorius hadi hamid hana handayani hasan hendra hendrik heri
    herman hermanus ibrahim ida ignasius ika ikhsan imam indah indra intan irma irwan ismail iwan jaenab johanes
    johannes joko jonathan joni joseph juliana kadek ketut komang kristian kristina kurniawan laurensius lestari
    lidia lilis linda lukas lusia made margareta maria mariana markus marlina marten martha marthen martinus
    matius melkianus mikael mira mohamad mohammad muhamad muhammad mulyani nani nining nur nuraini nurhayati nurul
    nyoman oktovianus paulina paulus petronela petrus putri putu rahayu rahmat ratna rina rini riski rita rizki
    robertus rohani rosa rosalia rudi rudolf samuel sarah saraswati sari sartika selvi semuel setiawan simon siti
    slamet sofia sri stefanus stephanus sugeng suharto sulastri sumarni supardi suparman suryani susanti susilo
    sutrisno suwarni taufik teguh theresia thomas titik titus tono tri triyono umar umi untung utami viktor
    vinsensius wahyu wati wawan wayan widodo wulan yakob yakobus yani yanti yanuarius yeni yohana yohanes yohanis
    yosef yosefina yoseph yuliana yulianus yulius yuni yusuf zainab zainal
"""
GIVEN = frozenset(_given.split())
"""Given names that are common in Indonesia."""
